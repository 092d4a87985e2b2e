import type { G711Law } from '@tandem/rtp';
import {
  answerFor,
  type Codec,
  describe,
  isTelephoneEvent,
  type MediaDescription,
  makeAnswer,
  makeOffer,
  pcma,
  pcmu,
  receives,
  sdpNotAcceptable,
  sends,
  telephoneEvent,
  type UserAgentMedia,
} from '@tandem/sdp';
import { Fault } from '@tandem/sip';

/** What both sides have agreed on for the one audio stream of a call. */
export interface AgreedMedia {
  /** Where the peer receives. */
  readonly remote: { readonly host: string; readonly port: number; readonly rtcpPort: number };
  /** What we send. */
  readonly codec: { readonly law: G711Law; readonly payload: number };
  /** The payload type of the telephone events that we send; undefined when the peer takes none. */
  readonly event: number | undefined;
  /** What we may receive, by payload type. */
  readonly accepted: ReadonlyMap<number, G711Law | 'event'>;
  readonly sending: boolean;
  readonly receiving: boolean;
}

export interface SessionOptions {
  /** Where we receive. */
  readonly host: string;
  readonly port: number;
  readonly sessionId: number;
  readonly codecs?: readonly Codec[];
}

const spoken: readonly Codec[] = [pcma, pcmu, telephoneEvent];

/** The offers and answers of one call (RFC 3264). Texts are session descriptions. */
export class Session {
  /** Whether we keep the peer on hold. */
  held = false;
  readonly #options: SessionOptions;
  readonly #codecs: readonly Codec[];
  #last = '';
  #version = 0;
  #offered: MediaDescription | undefined;
  #agreed: AgreedMedia | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#codecs = options.codecs ?? spoken;
  }

  /** What was agreed on last. */
  get agreed(): AgreedMedia | undefined {
    return this.#agreed;
  }

  /** Whether an offer of ours waits for its answer. */
  get pending(): boolean {
    return this.#offered !== undefined;
  }

  offer(): string {
    const offer = this.#describe(makeOffer);
    this.#offered = describe(offer)[0]!;
    return offer;
  }

  /** The answer to an offer of the peer. Throws `sdp-not-acceptable` and what `describe` throws. */
  answer(offer: string): string {
    const streams = describe(offer);
    const answer = this.#describe((agent) => makeAnswer(streams, agent));
    const own = describe(answer).find(({ port }) => port !== 0)!;
    this.#agreed = agree(own, streams[own.index]!);
    return answer;
  }

  /** Takes the peer's answer to our offer. Throws like `answer`. */
  accept(answer: string): void {
    const own = this.#offered;
    if (!own) return;
    const [peer] = describe(answer);
    if (!peer || peer.port === 0) throw new Fault(sdpNotAcceptable, 'the answer declines audio');
    this.#agreed = agree(own, peer);
  }

  /** The offer is settled: it was answered for good, or refused. */
  settle(): void {
    this.#offered = undefined;
  }

  /** RFC 3264 §8: the version goes up with each change, and only then. */
  #describe(write: (agent: UserAgentMedia) => string): string {
    const agent = {
      ...this.#options,
      codecs: this.#codecs,
      direction: this.held ? 'sendonly' : 'sendrecv',
    } as const;
    const same = write({ ...agent, version: this.#version });
    if (same === this.#last) return same;
    this.#last = write({ ...agent, version: ++this.#version });
    return this.#last;
  }
}

function agree(own: MediaDescription, peer: MediaDescription): AgreedMedia {
  const common = answerFor(peer, own.codecs);
  const audio = common.find((codec) => lawOf(codec));
  const law = audio && lawOf(audio);
  if (!law) throw new Fault(sdpNotAcceptable, 'no common codec');
  return {
    remote: { host: peer.host, port: peer.port, rtcpPort: peer.rtcpPort },
    codec: { law, payload: audio.payload },
    event: common.find(isTelephoneEvent)?.payload,
    accepted: new Map(own.codecs.flatMap(acceptedAs)),
    sending: sends(own.direction) && receives(peer.direction),
    receiving: receives(own.direction) && sends(peer.direction),
  };
}

function acceptedAs(codec: Codec): [number, G711Law | 'event'][] {
  const kind = isTelephoneEvent(codec) ? 'event' : lawOf(codec);
  return kind === undefined ? [] : [[codec.payload, kind]];
}

function lawOf({ name }: Codec): G711Law | undefined {
  const lower = name.toLowerCase();
  return lower === 'pcma' || lower === 'pcmu' ? lower : undefined;
}
