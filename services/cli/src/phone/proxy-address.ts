import { formatHostPort, type HostPort, hostPort, type Listener } from '@tandem/platform';
import { type Protocol, protocols } from './transport/transport.ts';

/** Where a phone sends its requests, and how. */
export interface ProxyAddress extends HostPort {
  readonly transport: Protocol;
}

/** Reads `udp://host:port`, `tcp://…` or `tls://…`; undefined when it is none. */
export function parseProxyAddress(text: string): ProxyAddress | undefined {
  const transport = protocols.find((each) => text.startsWith(`${each}://`));
  const parsed = transport && hostPort.safeParse(text.slice(transport.length + 3));
  return transport && parsed?.success && parsed.data.port > 0 ? { transport, ...parsed.data } : undefined;
}

export function formatProxyAddress(proxy: ProxyAddress): string {
  return `${proxy.transport}://${formatHostPort(proxy)}`;
}

/** How a listener of this machine is reached: one that stands for all addresses, by the loopback. */
export function proxyAt({ scheme, host, port }: Listener<Protocol>): ProxyAddress {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return { transport: scheme, host: reached, port };
}
