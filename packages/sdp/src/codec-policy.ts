import { excerpt, Fault, type FaultKind } from '@tandem/sip';
import { type Codec, isTelephoneEvent } from './codec.ts';
import { codecName, isVideoCodec } from './codec-names.ts';
import { readStreamCodecs } from './description.ts';
import { codecMismatch, mediaMismatch } from './faults.ts';
import { attributeName, type Line, readSections, type Section, writeLines } from './line.ts';
import { readMediaLine } from './media-line.ts';
import { emptied } from './stream-off.ts';

/** Encoding names that a party may use, in the spelling of `codecName`, the preferred first; none: any. */
export type CodecList = readonly string[];

/** What both parties of a call may use: a codec has to be on either list. */
export interface CodecPolicy {
  readonly caller: CodecList;
  readonly callee: CodecList;
}

/** What is done with a description besides taking codecs out of it. */
export interface Restriction {
  /** Of an offer: whose list gives the order. */
  readonly preferredBy?: keyof CodecPolicy;
  /** An offer of which nothing is left is refused; otherwise its streams are off. */
  readonly mayRefuse?: boolean;
}

/** The protection and repetition of video, which go with any of its codecs. */
const companions = new Set(['red', 'ulpfec', 'flexfec', 'flexfec-03', 'parityfec']);
/** Characters of the names in an offer that are shown. */
const maxShown = 160;
/** Attributes that begin with the payload type that they are about. */
const ofPayload = new Set(['rtpmap', 'fmtp', 'rtcp-fb', 'imageattr', 'framesize']);

/**
 * A description without the codecs that the parties may not use together, and without what is said of those. Audio is
 * ruled by each list, video by those that name a codec of video. DTMF as events stays. Throws `codec-mismatch` or
 * `media-mismatch` when it is to, and no ruled stream keeps a codec; else a fault of faults.ts.
 */
export function restrictCodecs(
  sdp: string,
  policy: CodecPolicy,
  { preferredBy, mayRefuse = false }: Restriction = {},
): string {
  const { session, media, rest } = readSections(sdp);
  const order = preferredBy ? policy[preferredBy] : [];
  const streams = media.map((section) => restrictStream(section, policy, order));
  const ruled = streams.filter(({ offered }) => offered !== undefined);
  if (mayRefuse && ruled.length > 0 && ruled.every(({ isOff }) => isOff)) throw mismatch(ruled, policy);
  return writeLines(session) + streams.map((stream) => writeLines(stream.section)).join('') + rest;
}

interface Stream {
  readonly section: Section;
  readonly kind: string;
  /** Undefined where no list says anything of it. */
  readonly offered?: readonly Codec[];
  readonly isOff?: boolean;
}

function restrictStream(section: Section, policy: CodecPolicy, order: CodecList): Stream {
  const { kind, port, protocol } = readMediaLine(section[0]!.value);
  const lists = [policy.caller, policy.callee].filter((list) => rules(list, kind));
  if (port === 0 || lists.length === 0 || !protocol.toUpperCase().includes('RTP/')) return { section, kind };
  const offered = readStreamCodecs(section);
  const chosen = offered.filter((codec) => lists.every((list) => list.includes(codecName(codec.name) ?? '')));
  if (chosen.every(isTelephoneEvent)) return { section: emptied(section), kind, offered, isOff: true };
  const payloads = new Set(chosen.map(({ payload }) => payload));
  const kept = offered.filter((codec) => payloads.has(codec.payload) || accompanies(codec, payloads));
  return { section: withCodecs(section, sorted(kept, order)), kind, offered };
}

function rules(list: CodecList, kind: string): boolean {
  return list.length > 0 && (kind === 'audio' || (kind === 'video' && list.some(isVideoCodec)));
}

/** RFC 4588 §8.1: a repetition names in `apt` what it repeats. */
function accompanies(codec: Codec, payloads: ReadonlySet<number>): boolean {
  const name = codec.name.toLowerCase();
  if (name !== 'rtx') return isTelephoneEvent(codec) || (codec.clockRate === 90_000 && companions.has(name));
  const [, apt] = /(?:^|;) ?apt=(\d{1,3})/.exec(codec.parameters ?? '') ?? [];
  return payloads.has(Number(apt));
}

/** What is not on the list keeps its order behind the others. */
function sorted(codecs: readonly Codec[], order: CodecList): readonly Codec[] {
  if (order.length === 0) return codecs;
  const rank = ({ name }: Codec): number => {
    const at = order.indexOf(codecName(name) ?? '');
    return at < 0 ? order.length : at;
  };
  return codecs.toSorted((one, other) => rank(one) - rank(other));
}

function withCodecs(section: Section, codecs: readonly Codec[]): Section {
  const [line, ...others] = section;
  const payloads = new Set(codecs.map(({ payload }) => String(payload)));
  const value = [...line!.value.split(' ', 3), ...payloads].join(' ');
  return [{ ...line!, value }, ...others.filter((other) => isKept(other, payloads))];
}

function isKept(line: Line, payloads: ReadonlySet<string>): boolean {
  const name = attributeName(line);
  if (name === undefined || !ofPayload.has(name)) return true;
  const payload = line.value.slice(name.length + 1).split(' ', 1)[0]!;
  return payload === '*' || payloads.has(payload);
}

function mismatch(streams: readonly Stream[], policy: CodecPolicy): Fault {
  const offers = streams
    .slice(0, 2)
    .map(({ kind, offered }) => `${kind} offers ${namesOf(offered!) || 'no known codec'}`);
  const takes = (['caller', 'callee'] as const)
    .filter((party) => policy[party].length > 0)
    .map((party) => `the ${party} takes ${policy[party].join(' ')}`);
  return new Fault(kindOf(streams, policy), [...offers, ...takes].join(', '));
}

/** Whether some list has no codec of such a medium at all. */
function kindOf(streams: readonly Stream[], { caller, callee }: CodecPolicy): FaultKind {
  const isWanted = (kind: string, list: CodecList): boolean =>
    list.length === 0 || list.some((name) => isVideoCodec(name) === (kind === 'video'));
  const isAvailable = streams.some(({ kind }) => isWanted(kind, caller) && isWanted(kind, callee));
  return isAvailable ? codecMismatch : mediaMismatch;
}

function namesOf(codecs: readonly Codec[]): string {
  const names = codecs.filter((codec) => !isTelephoneEvent(codec)).map(({ name }) => name);
  return excerpt([...new Set(names)].join(' '), maxShown);
}
