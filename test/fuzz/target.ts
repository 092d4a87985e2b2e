import { BlockList, isIPv6 } from 'node:net';

const transports = ['udp', 'tcp', 'ws'] as const;

/** Where a live edge listens. */
export interface Target {
  readonly transport: (typeof transports)[number];
  readonly host: string;
  readonly port: number;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const privateNetworks = new BlockList();
privateNetworks.addSubnet('10.0.0.0', 8, 'ipv4');
privateNetworks.addSubnet('172.16.0.0', 12, 'ipv4');
privateNetworks.addSubnet('192.168.0.0', 16, 'ipv4');
privateNetworks.addSubnet('fc00::', 7, 'ipv6');

/**
 * Reads `udp://127.0.0.1:5060`. Throws for anything but loopback; `isolated` says that this process is in a network
 * namespace of its own, where private addresses are nobody else's.
 */
export function readTarget(text: string, isolated: boolean): Target {
  const [, scheme, bracketed, plain, port] = /^(\w+):\/\/(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const transport = transports.find((each) => each === scheme);
  if (transport === undefined || host === undefined) throw new Error(`not a target: ${text}`);
  const family = isIPv6(host) ? 'ipv6' : 'ipv4';
  const allowed = loopback.check(host, family) || (isolated && privateNetworks.check(host, family));
  if (!allowed)
    throw new Error(`${host} may belong to somebody: only loopback is fuzzed, or a private namespace`);
  return { transport, host, port: Number(port) };
}
