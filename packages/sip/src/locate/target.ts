import type { SipUri } from '../uri/sip-uri.ts';

/** What SIP is spoken over, TLS and WebSocket included. */
const locatable = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;
export type TransportName = (typeof locatable)[number];

/** One place to send a request to. */
export interface Target {
  readonly transport: TransportName;
  /** An IP literal without brackets. */
  readonly address: string;
  readonly port: number;
  /** The host of the URI, which a certificate has to prove (RFC 5922 §7.3): never what DNS has made of it. */
  readonly name: string;
}

const secured: Readonly<Record<string, TransportName>> = { tcp: 'tls', tls: 'tls', ws: 'wss', wss: 'wss' };
const defaultPorts = { udp: 5060, tcp: 5060, tls: 5061, ws: 80, wss: 443 } as const;

/** RFC 3261 §19.1.2, RFC 7118 §5.3. */
export function defaultPort(transport: TransportName): number {
  return defaultPorts[transport];
}

/** Without a better reason: UDP, or TLS where it has to be secure (RFC 3263 §4.1). */
export function defaultTransport({ scheme }: SipUri): TransportName {
  return scheme === 'sips' ? 'tls' : 'udp';
}

/** What the transport parameter asks for; undefined when there is none, `unknown` for what cannot be. */
export function namedTransport({ params, scheme }: SipUri): TransportName | 'unknown' | undefined {
  const named = params.get('transport')?.toLowerCase();
  if (named === undefined) return undefined;
  if (scheme === 'sips') return secured[named] ?? 'unknown';
  return locatable.find((each) => each === named) ?? 'unknown';
}

/** The name of the service that an SRV record is asked for; undefined where none is defined, as for WebSocket. */
export function serviceName(transport: TransportName, host: string): string | undefined {
  switch (transport) {
    case 'udp':
      return `_sip._udp.${host}`;
    case 'tcp':
      return `_sip._tcp.${host}`;
    case 'tls':
      return `_sips._tcp.${host}`;
    default:
      return undefined;
  }
}

/** The transport of a NAPTR service (RFC 3263 §4.1, RFC 7118 §10.2); undefined for services other than SIP. */
export function transportOfService(services: string): TransportName | undefined {
  switch (services.toUpperCase()) {
    case 'SIP+D2U':
      return 'udp';
    case 'SIP+D2T':
      return 'tcp';
    case 'SIPS+D2T':
      return 'tls';
    case 'SIP+D2W':
      return 'ws';
    case 'SIPS+D2W':
      return 'wss';
    default:
      return undefined;
  }
}

/** The literal without brackets when a host is an address. */
export function literalOf(host: string): string | undefined {
  if (host.startsWith('[')) return host.slice(1, -1);
  return isIPv4(host) ? host : undefined;
}

/** No host name ends with a label of digits (RFC 3696 §2), so that this is an address, or nothing. */
function isIPv4(host: string): boolean {
  const last = host.charCodeAt(host.length - 1);
  return last >= 48 && last <= 57 && /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
