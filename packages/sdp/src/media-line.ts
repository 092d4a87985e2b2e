import { Fault } from '@tandem/sip';
import { sdpMalformed } from './faults.ts';

/** An `m=` line (RFC 8866 §5.14). */
export interface MediaLine {
  /** `audio`, `video`, `image`, ... */
  readonly kind: string;
  /** 0: the stream is off. */
  readonly port: number;
  /** How many ports from that one on; 1 when unsaid. */
  readonly portCount: number;
  readonly protocol: string;
  readonly formats: readonly string[];
}

const relayableProtocols = new Set([
  'RTP/AVP',
  'RTP/AVPF',
  'RTP/SAVP',
  'RTP/SAVPF',
  'UDP/TLS/RTP/SAVP',
  'UDP/TLS/RTP/SAVPF',
  'UDPTL',
]);

/** Whether a media worker can relay a protocol: datagrams between two addresses. */
export function relayable(protocol: string): boolean {
  return relayableProtocols.has(protocol.toUpperCase());
}

/** Reads the value of an `m=` line. Throws `sdp-malformed`. */
export function readMediaLine(value: string): MediaLine {
  const [kind, ports, protocol, ...formats] = value.trimEnd().split(' ');
  const [port, count = 1] = readPorts(ports) ?? [];
  if (!kind || port === undefined || !protocol || formats.includes('')) {
    throw new Fault(sdpMalformed, `m=${value.slice(0, 80)}`);
  }
  return { kind, port, portCount: count, protocol, formats };
}

/** `port` or `port/count`; undefined when it is neither. */
function readPorts(text: string | undefined): [port: number, count?: number] | undefined {
  const numbers = text?.split('/').map(readNumber) ?? [];
  const [port, count = 1] = numbers;
  const isWell = numbers.length <= 2 && !numbers.includes(undefined) && port !== undefined && count > 0;
  return isWell && port <= 65_535 ? [port, count] : undefined;
}

/** Writes the port into the value of an `m=` line. */
export function replacePort(value: string, port: number): string {
  const [kind, , ...rest] = value.split(' ');
  return [kind, port, ...rest].join(' ');
}

/** A decimal number of at most ten digits. */
export function readNumber(text: string): number | undefined {
  if (text.length === 0 || text.length > 10) return undefined;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return undefined;
  }
  return Number(text);
}
