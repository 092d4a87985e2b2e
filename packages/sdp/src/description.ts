import { isIP } from 'node:net';
import { Fault } from '@tandem/sip';
import { type MediaAttributes, parse } from 'sdp-transform';
import { type Codec, staticCodec } from './codec.ts';
import { isHeld, readConnection } from './connection.ts';
import { type Direction, directionOf, directions, sends } from './direction.ts';
import { sdpMalformed, sdpUnsupported } from './faults.ts';
import { attributeName, onlyValue, readSections, type Section, writeLines } from './line.ts';
import { type MediaLine, readMediaLine, readNumber, relayable } from './media-line.ts';

/** One stream, as its side describes it. */
export interface MediaDescription extends MediaLine {
  /** Its place among the `m=` lines. */
  readonly index: number;
  /** Where the side receives: an IP literal when the stream is on and its protocol relayable. Empty without `c=`. */
  readonly host: string;
  /** `a=rtcp`, else the port after the first; 0 when there is none. Not used when both sides multiplex. */
  readonly rtcpPort: number;
  /** Whether the side would receive RTCP on the RTP port (RFC 5761). */
  readonly rtcpMux: boolean;
  /** What the side does: with `c=0.0.0.0` it receives nothing (RFC 3264 §8.4). */
  readonly direction: Direction;
  /** The formats that are RTP payload types with a known codec, in the side's order of preference. */
  readonly codecs: readonly Codec[];
  /** Milliseconds that a packet shall hold. */
  readonly ptime?: number;
}

// What sdp-transform is given: it reads every line by regular expressions, some of them slow on hostile ones.
const readNames = new Set(['rtpmap', 'fmtp', 'rtcp', 'rtcp-mux', 'ptime', ...directions]);

/** Reads the streams of a description. Throws a fault of faults.ts. */
export function describe(sdp: string): MediaDescription[] {
  const { session, media } = readSections(sdp);
  const inherited = { connection: onlyValue(session, 'c'), direction: readAttributes(session).direction };
  return media.map((section, index) => describeMedia(section, index, inherited));
}

interface Inherited {
  readonly connection: string | undefined;
  readonly direction: Direction | undefined;
}

function describeMedia(section: Section, index: number, inherited: Inherited): MediaDescription {
  const line = readMediaLine(section[0]!.value);
  const attributes = readAttributes(section);
  const host = readHost(line, onlyValue(section, 'c') ?? inherited.connection);
  const said = attributes.direction ?? inherited.direction ?? 'sendrecv';
  const ptime = readNumber(String(attributes.ptime ?? ''));
  return {
    ...line,
    index,
    host,
    rtcpPort: readRtcpPort(line, attributes),
    rtcpMux: attributes.rtcpMux !== undefined,
    direction: isHeld(host) ? directionOf(sends(said), false) : said,
    codecs: readCodecs(line, attributes),
    ...(ptime ? { ptime } : {}),
  };
}

/** The codecs of a stream, whatever else is said of it. Throws `sdp-malformed`. */
export function readStreamCodecs(section: Section): Codec[] {
  return readCodecs(readMediaLine(section[0]!.value), readAttributes(section));
}

function readAttributes(section: Section): Partial<MediaAttributes> {
  const lines = section.filter((line) => line.type === 'm' || readNames.has(attributeName(line) ?? ''));
  const { media, ...session } = parse(writeLines(lines));
  return media[0] ?? session;
}

function readHost(line: MediaLine, connection: string | undefined): string {
  const needed = line.port !== 0 && relayable(line.protocol);
  if (connection === undefined) {
    if (needed) throw new Fault(sdpMalformed, `no c= for m=${line.kind} ${line.port}`);
    return '';
  }
  const host = readConnection(connection);
  if (needed && isIP(host) === 0) throw new Fault(sdpUnsupported, `c=${connection.slice(0, 80)}`);
  return host;
}

function readRtcpPort(line: MediaLine, { rtcp }: Partial<MediaAttributes>): number {
  const port = rtcp ? readNumber(String(rtcp.port)) : line.port && line.port + 1;
  return port !== undefined && port <= 65_535 ? port : 0;
}

function readCodecs(line: MediaLine, { rtp = [], fmtp = [] }: Partial<MediaAttributes>): Codec[] {
  const maps = new Map(rtp.map((map) => [map.payload, map]));
  const parameters = new Map(fmtp.map(({ payload, config }) => [payload, config]));
  return line.formats.flatMap((format) => {
    const payload = readNumber(format);
    if (payload === undefined || payload > 127) return [];
    const codec = readCodec(payload, maps.get(payload)) ?? staticCodec(payload);
    if (!codec) return [];
    const config = parameters.get(payload);
    return [config === undefined ? codec : { ...codec, parameters: config }];
  });
}

function readCodec(payload: number, map: MediaAttributes['rtp'][number] | undefined): Codec | undefined {
  const clockRate = readNumber(String(map?.rate ?? ''));
  if (!map || !clockRate) return undefined;
  return {
    payload,
    name: String(map.codec),
    clockRate,
    channels: readNumber(String(map.encoding ?? '')) || 1,
  };
}
