import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** An IP literal without brackets for the host of a URI; undefined when the name does not resolve. */
export async function resolve(host: string): Promise<string | undefined> {
  const bare = host.startsWith('[') ? host.slice(1, -1) : host;
  if (isIP(bare) !== 0) return bare;
  try {
    return (await lookup(bare)).address;
  } catch {
    return undefined;
  }
}
