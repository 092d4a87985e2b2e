import { formatHostPort, type HostPort, hostPort, type Listener } from '@tandem/platform';
import { type Protocol, protocols } from './transport/transport.ts';

/** What is no address of a proxy is told so. */
export const proxyExpected: string = `must be ${protocols.map((each) => `${each}://host:port`).join(' or ')}`;

/** Where a phone sends its requests, and how. */
export interface ProxyAddress extends HostPort {
  readonly transport: Protocol;
}

/** Reads `udp://host:port`, or another of the protocols; undefined when it is none. */
export function parseProxyAddress(text: string): ProxyAddress | undefined {
  const [, scheme, address] = /^(\w+):\/\/(.*)$/.exec(text) ?? [];
  const transport = protocols.find((each) => each === scheme);
  const parsed = hostPort.safeParse(address);
  return transport && parsed.success && parsed.data.port > 0 ? { transport, ...parsed.data } : undefined;
}

export function formatProxyAddress(proxy: ProxyAddress): string {
  return `${proxy.transport}://${formatHostPort(proxy)}`;
}

/** How a listener of this machine is reached: one that stands for all addresses, by the loopback. */
export function proxyAt({ scheme, host, port }: Listener<Protocol>): ProxyAddress {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return { transport: scheme, host: reached, port };
}
