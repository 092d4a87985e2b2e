import { isIP } from 'node:net';

/** A family of addresses: IPv4 or IPv6. */
export type Family = 4 | 6;

/** Undefined for a name, which may stand for both. */
export function familyOf(host: string): Family | undefined {
  const family = isIP(host);
  return family === 4 || family === 6 ? family : undefined;
}
