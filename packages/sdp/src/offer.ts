import { Fault } from '@tandem/sip';
import { type Codec, isTelephoneEvent, pcma, pcmu, sameCodec, telephoneEvent } from './codec.ts';
import { writeConnection } from './connection.ts';
import type { MediaDescription } from './description.ts';
import { type Direction, directionOf, receives, sends } from './direction.ts';
import { sdpNotAcceptable } from './faults.ts';

/** What a user agent with one audio stream says of itself. */
export interface UserAgentMedia {
  /** The IP literal that it receives at. */
  readonly host: string;
  readonly port: number;
  /** Constant in a dialog (RFC 8866 §5.2). */
  readonly sessionId: number;
  /** One more for each description that differs from the one before (RFC 3264 §8). */
  readonly version: number;
  /** In its order of preference; PCMA, PCMU and telephone-event when unset. */
  readonly codecs?: readonly Codec[];
  /** `sendrecv` when unset. */
  readonly direction?: Direction;
  /** Milliseconds that a packet holds; 20 when unset. */
  readonly ptime?: number;
}

const ownCodecs: readonly Codec[] = [pcma, pcmu, telephoneEvent];

/** A description that offers one audio stream. */
export function makeOffer(agent: UserAgentMedia): string {
  return [
    ...sessionLines(agent),
    ...audioLines(agent, agent.codecs ?? ownCodecs, agent.direction ?? 'sendrecv'),
  ]
    .map((line) => `${line}\r\n`)
    .join('');
}

/**
 * A description that takes the first audio stream with a common codec and turns the others down (RFC 3264 §6).
 * Throws `sdp-not-acceptable` when there is no such stream.
 */
export function makeAnswer(offer: readonly MediaDescription[], agent: UserAgentMedia): string {
  const supported = agent.codecs ?? ownCodecs;
  const taken = offer.find((stream) => isPlainAudio(stream) && answerFor(stream, supported).length > 0);
  if (!taken) throw new Fault(sdpNotAcceptable, offer.map(summary).join('; ') || 'no stream');
  const direction = answerDirection(taken.direction, agent.direction ?? 'sendrecv');
  const streams = offer.flatMap((stream) =>
    stream === taken ? audioLines(agent, answerFor(stream, supported), direction) : [declined(stream)],
  );
  return [...sessionLines(agent), ...streams].map((line) => `${line}\r\n`).join('');
}

/**
 * The codecs of an offered stream that are supported, under the offer's payload types and in its order (RFC 3264 §6.1).
 * Telephone events come along only at the clock rate of a codec. None when no audio codec is supported.
 */
export function answerFor(offer: MediaDescription, supported: readonly Codec[]): readonly Codec[] {
  const common = offer.codecs.filter((codec) => supported.some((own) => sameCodec(own, codec)));
  const rates = new Set(common.filter((codec) => !isTelephoneEvent(codec)).map((codec) => codec.clockRate));
  return common.filter((codec) => rates.has(codec.clockRate));
}

function answerDirection(offered: Direction, own: Direction): Direction {
  return directionOf(sends(own) && receives(offered), receives(own) && sends(offered));
}

function isPlainAudio(stream: MediaDescription): boolean {
  return stream.kind === 'audio' && stream.port !== 0 && stream.protocol.toUpperCase() === 'RTP/AVP';
}

function sessionLines({ host, sessionId, version }: UserAgentMedia): string[] {
  const connection = writeConnection(host);
  return ['v=0', `o=- ${sessionId} ${version} ${connection}`, 's=-', `c=${connection}`, 't=0 0'];
}

function audioLines(
  { port, ptime = 20 }: UserAgentMedia,
  codecs: readonly Codec[],
  direction: Direction,
): string[] {
  const payloads = codecs.map(({ payload }) => payload);
  return [
    `m=audio ${port} RTP/AVP ${payloads.join(' ')}`,
    ...codecs.flatMap(codecLines),
    `a=ptime:${ptime}`,
    `a=${direction}`,
  ];
}

function codecLines({ payload, name, clockRate, channels, parameters }: Codec): string[] {
  const map = `a=rtpmap:${payload} ${name}/${clockRate}${channels === 1 ? '' : `/${channels}`}`;
  return parameters === undefined ? [map] : [map, `a=fmtp:${payload} ${parameters}`];
}

function declined({ kind, protocol, formats }: MediaDescription): string {
  return ['m=', kind, ' 0 ', protocol, ...formats.map((format) => ` ${format}`)].join('');
}

function summary({ kind, port, protocol, codecs }: MediaDescription): string {
  return `m=${kind} ${port} ${protocol} ${codecs.map(({ name }) => name).join(' ')}`;
}
