import { formatHostPort, type HostPort, hostPort, type Listener } from '@tandem/platform';
import type { Protocol } from './transport/transport.ts';

/** Where a phone sends its requests, and how. */
export interface ProxyAddress extends HostPort {
  readonly transport: Protocol;
}

/** Reads `udp://host:port` or `tcp://host:port`; undefined when it is neither. */
export function parseProxyAddress(text: string): ProxyAddress | undefined {
  const [, transport, address] = /^(udp|tcp):\/\/(.*)$/.exec(text) ?? [];
  const parsed = hostPort.safeParse(address);
  return parsed.success && parsed.data.port > 0
    ? { transport: transport as Protocol, ...parsed.data }
    : undefined;
}

export function formatProxyAddress(proxy: ProxyAddress): string {
  return `${proxy.transport}://${formatHostPort(proxy)}`;
}

/** How a listener of this machine is reached: one that stands for all addresses, by the loopback. */
export function proxyAt({ scheme, host, port }: Listener<Protocol>): ProxyAddress {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return { transport: scheme, host: reached, port };
}
