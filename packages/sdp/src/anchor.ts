import { isIPv6 } from 'node:net';
import { Fault } from '@tandem/sip';
import { isHeld, readConnection, writeConnection } from './connection.ts';
import { sdpEndpointInvalid, sdpMalformed, sdpUnsupported } from './faults.ts';
import { attributeName, type Line, onlyValue, readSections, type Section, writeLines } from './line.ts';
import { type MediaLine, readMediaLine, replacePort } from './media-line.ts';

/** Where a relay receives one stream. */
export interface AnchorEndpoint {
  /** An IP literal. */
  readonly host: string;
  readonly port: number;
  readonly rtcpPort: number;
}

// What names other addresses of the sender than those that are rewritten: ICE (RFC 8839) and altc (RFC 6947).
const bypassNames = new Set(['candidate', 'remote-candidates', 'end-of-candidates', 'altc']);

/**
 * Puts a relay's endpoints, one for each `m=` line by index, in the place of the sender's. A stream that is off
 * (port 0), or that has no endpoint, keeps its own. `c=0.0.0.0` stays: it puts a stream on hold (RFC 3264 §8.4).
 * Every other byte is as it was. Throws a fault of faults.ts.
 */
export function anchor(sdp: string, endpoints: readonly (AnchorEndpoint | undefined)[]): string {
  const { session, media, rest } = readSections(sdp);
  const streams = media.map((section, index) => readStream(section, endpoints[index]));
  const first = streams.find((stream) => stream.endpoint)?.endpoint;
  if (!first) return sdp;
  const inherited = onlyValue(session, 'c');
  const written = inherited === undefined ? undefined : anchorConnection(inherited, first.host);
  return (
    writeLines(anchorSession(session, first.host)) +
    streams.map((stream) => writeLines(anchorStream(stream, inherited, written))).join('') +
    rest
  );
}

interface Stream {
  readonly section: Section;
  readonly line: MediaLine;
  /** Undefined when the stream is not anchored. */
  readonly endpoint: AnchorEndpoint | undefined;
}

function readStream(section: Section, endpoint: AnchorEndpoint | undefined): Stream {
  const line = readMediaLine(section[0]!.value);
  if (line.port === 0 || !endpoint) return { section, line, endpoint: undefined };
  if (line.portCount > 1) throw new Fault(sdpUnsupported, `m=${section[0]!.value.slice(0, 80)}`);
  if (!isPort(endpoint.port) || !isPort(endpoint.rtcpPort)) {
    throw new Fault(sdpEndpointInvalid, `${endpoint.host}:${endpoint.port}/${endpoint.rtcpPort}`);
  }
  return { section, line, endpoint };
}

function anchorSession(session: Section, host: string): Line[] {
  return session.flatMap((line) => {
    if (line.type === 'o') return [{ ...line, value: anchorOrigin(line.value, host) }];
    if (line.type === 'c') return [{ ...line, value: anchorConnection(line.value, host) }];
    return bypasses(line) ? [] : [line];
  });
}

/** `inherited` is the session's connection as it was, `written` as it is now. */
function anchorStream(stream: Stream, inherited: string | undefined, written: string | undefined): Section {
  const own = onlyValue(stream.section, 'c');
  const before = own ?? inherited;
  const { endpoint } = stream;
  if (!endpoint) {
    const lost = own === undefined && stream.line.port !== 0 && inherited !== written;
    return lost && inherited !== undefined ? withConnection(stream.section, inherited) : stream.section;
  }
  if (before === undefined) {
    throw new Fault(sdpMalformed, `no c= for m=${stream.section[0]!.value.slice(0, 80)}`);
  }
  const after = anchorConnection(before, endpoint.host);
  const lines = anchorLines(stream.section, endpoint, after);
  return own === undefined && after !== written ? withConnection(lines, after) : lines;
}

function anchorLines(section: Section, endpoint: AnchorEndpoint, connection: string): Line[] {
  const muxed = section.some((line) => attributeName(line) === 'rtcp-mux');
  return section.flatMap((line) => {
    if (line.type === 'm') return [{ ...line, value: replacePort(line.value, endpoint.port) }];
    if (line.type === 'c') return [{ ...line, value: connection }];
    if (attributeName(line) !== 'rtcp') return bypasses(line) ? [] : [line];
    return muxed ? [] : [{ ...line, value: anchorRtcp(line.value, endpoint) }];
  });
}

// A session keeps its o= but for the version (RFC 3264 §8), also when another relay takes it over. So it names none: any
// address will do that gives the sender's away no more (RFC 8866 §5.2), and this is the one that browsers write.
function anchorOrigin(value: string, host: string): string {
  const fields = value.trimEnd().split(' ');
  // RFC 8866 §5.2 allows no space in the user name, yet some write one: the address is told from the end.
  if (fields.length < 6 || fields.at(-3) !== 'IN') {
    throw new Fault(sdpMalformed, `o=${value.slice(0, 80)}`);
  }
  return [...fields.slice(0, -3), writeConnection(isIPv6(host) ? '::1' : '127.0.0.1')].join(' ');
}

function anchorConnection(value: string, host: string): string {
  return isHeld(readConnection(value)) ? value : writeConnection(host);
}

function anchorRtcp(value: string, { host, rtcpPort }: AnchorEndpoint): string {
  return `rtcp:${rtcpPort}${value.includes(' ') ? ` ${writeConnection(host)}` : ''}`;
}

function bypasses(line: Line): boolean {
  const name = attributeName(line);
  return name !== undefined && (bypassNames.has(name) || name.startsWith('ice-'));
}

// RFC 8866 §5: c= follows m= and i=.
function withConnection(section: Section, value: string): Line[] {
  const at = section[1]?.type === 'i' ? 2 : 1;
  const ending = section[0]!.ending || '\r\n';
  const before = section.slice(0, at).map((line) => ({ ...line, ending }));
  return [...before, { type: 'c', value, ending }, ...section.slice(at)];
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= 65_535;
}
