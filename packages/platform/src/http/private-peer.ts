import { BlockList, isIP, type Socket } from 'node:net';
import { bareHost, parseHostPort } from '@tandem/sip';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Whether a request comes from this machine and means it. A web page can make a browser on this machine ask, under a
 * name that it lets point here (DNS rebinding): then the Host header shows that name.
 */
export function isPrivate(
  { remoteAddress, localAddress }: Pick<Socket, 'remoteAddress' | 'localAddress'>,
  hostHeader: string | undefined,
): boolean {
  // A connection from an address of this machine to the same one never left it.
  const isOwn = remoteAddress !== undefined && remoteAddress === localAddress;
  return (isOwn || isLoopback(remoteAddress ?? '')) && isLiteral(hostHeader ?? '');
}

function isLoopback(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

function isLiteral(hostHeader: string): boolean {
  const host = parseHostPort(hostHeader)?.host ?? '';
  return host === 'localhost' || isIP(bareHost(host)) !== 0;
}
