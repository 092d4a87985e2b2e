import { z } from 'zod';

/** Names of resources and aliases: they may stand in the user part of a URI without escapes. */
const namePattern = /^[A-Za-z0-9._+-]{1,64}$/;

export const nameSchema: z.ZodType<string, string> = z
  .string()
  .regex(namePattern, 'must be 1 to 64 letters, digits, "-", ".", "_" or "+"');

const label = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const hostPattern = new RegExp(`^(?:${label}\\.)*${label}\\.?$|^\\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\\]?$`);

/** A domain: a host name or an IP literal, brought to the spelling that is compared. */
export const domainSchema: z.ZodType<string, string> = z
  .string()
  .max(253)
  .regex(hostPattern, 'must be a host name or an IP address, without port')
  .transform(canonicalHost);

/** The spelling in which hosts are compared: lower case, no brackets around IPv6, no final dot. */
export function canonicalHost(host: string): string {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return (bare.endsWith('.') ? bare.slice(0, -1) : bare).toLowerCase();
}
