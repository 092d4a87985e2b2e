/** A network as Asterisk writes it, with a mask of either kind, in the form with a prefix; undefined when it is none. */
export function parseNetwork(text: string): string | undefined {
  const [address = '', mask, rest] = text.trim().split('/');
  if (rest !== undefined || !/^[\d.]+$|:/.test(address)) return undefined;
  if (mask === undefined) return address;
  if (/^\d{1,3}$/.test(mask)) return masked(address, Number(mask));
  const prefix = prefixOf(mask);
  return prefix === undefined ? undefined : masked(address, prefix);
}

/** The prefix that a mask such as 255.255.255.0 stands for. */
function prefixOf(mask: string): number | undefined {
  const octets = octetsOf(mask);
  const bits = octets?.map((octet) => octet.toString(2).padStart(8, '0')).join('');
  return bits !== undefined && /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined;
}

function octetsOf(address: string): number[] | undefined {
  const octets = address.split('.').map(Number);
  return octets.length === 4 && octets.every((octet) => octet >= 0 && octet <= 255) ? octets : undefined;
}

/** Asterisk does not mind bits beyond the prefix; here they would be a mistake. */
function masked(address: string, prefix: number): string {
  const octets = octetsOf(address);
  if (!octets || prefix > 32) return `${address}/${prefix}`;
  const kept = octets.map((octet, index) => {
    const bits = Math.min(8, Math.max(0, prefix - 8 * index));
    return octet & (0xff << (8 - bits));
  });
  return `${kept.join('.')}/${prefix}`;
}

/** Whether a text names all addresses there are. */
export function isEverywhere(text: string): boolean {
  return ['0.0.0.0/0.0.0.0', '0.0.0.0/0', '0.0.0.0', '::/0'].includes(text.trim());
}

/** Whether a text is an address, not a name. */
export function isAddress(text: string): boolean {
  return octetsOf(text) !== undefined || text.includes(':');
}
