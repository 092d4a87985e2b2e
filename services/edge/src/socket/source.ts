import { isIPv6 } from 'node:net';

/** An IPv4 peer of an IPv6 socket appears as `::ffff:192.0.2.4`. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** Whom connections are counted for: an IPv4 address, or the /64 of an IPv6 one, which is a subscriber's own. */
export function sourceOf(host: string): string {
  if (!isIPv6(host)) return host;
  const [head = '', tail] = host.split('%', 1)[0]!.split('::');
  const first = groupsOf(head);
  const last = tail === undefined ? [] : groupsOf(tail);
  const gap = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array.from({ length: Math.max(gap, 0) }, () => '0'), ...last];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':');
}
