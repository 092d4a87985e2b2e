import type { SipUri } from '@tandem/sip';

/** What an edge speaks SIP over. */
export const transports = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;
export type Transport = (typeof transports)[number];

/** Those for which an edge needs a certificate. */
export function isSecure(transport: Transport): boolean {
  return transport === 'tls' || transport === 'wss';
}

/** The transport with a name, in whatever case; undefined when no edge speaks it. */
export function parseTransport(name: string): Transport | undefined {
  const lower = name.toLowerCase();
  return transports.find((transport) => transport === lower);
}

/** The transport that a description of a flow names; datagrams where it is none that is known here. */
export function transportNamed(name: string): Transport {
  return parseTransport(name) ?? 'udp';
}

const defaultPorts: Readonly<Record<Transport, number>> = {
  udp: 5060,
  tcp: 5060,
  tls: 5061,
  ws: 80,
  wss: 443,
};

/** The port where a URI or Via names none (RFC 3261 §18.2.1 and §26.2.2, RFC 6455 §3). */
export function defaultPort(transport: Transport): number {
  return defaultPorts[transport];
}

/**
 * RFC 3263 §4.1 without NAPTR: the transport parameter, or UDP; `sips` is TLS (RFC 3261 §26.2.2,
 * RFC 7118 §5.2.2).
 */
export function transportOf({ params, scheme }: Pick<SipUri, 'params' | 'scheme'>): Transport | undefined {
  const named = params.get('transport');
  if (scheme === 'sip') return parseTransport(named ?? 'udp');
  if (named === undefined || /^(tcp|tls)$/i.test(named)) return 'tls';
  return /^wss?$/i.test(named) ? 'wss' : undefined;
}
