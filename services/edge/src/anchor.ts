import { media } from '@tandem/contract';
import {
  anchor,
  describe,
  isTelephoneEvent,
  type MediaDescription,
  raiseVersion,
  relayable,
  sends,
} from '@tandem/sdp';
import { Fault } from '@tandem/sip';
import type { Said } from './call-dialogs.ts';
import type { Party } from './token.ts';
import type { MediaWorkers } from './uses/media.ts';

/** A session that is to be opened. */
export interface AnchorRequest {
  /** Tandem's id of the call. */
  readonly call: string;
  /** The caller's offer; undefined when the callee is to offer. */
  readonly offer: string | undefined;
  /** The IP address that the INVITE came from. */
  readonly callerSource: string;
  /** IP addresses that the callee's media may come from; empty when that is not known. */
  readonly calleeSources: readonly string[];
  /** Seconds without a packet after which the call is dead; 0 means never. */
  readonly inactivity: number;
  /** This edge's node id. */
  readonly owner: string;
  /** The Call-ID. */
  readonly key: string;
}

/** A session that is to be opened for a call whose parties have both said where they are. */
export interface ReopenRequest {
  readonly call: string;
  readonly caller: Said;
  readonly callee: Said;
  readonly inactivity: number;
  readonly owner: string;
  readonly key: string;
}

/** A session to which a call can be moved. */
export interface Reopened {
  readonly session: string;
  /** What the caller is to be told that the callee says, and the other way round. */
  readonly toCaller: string;
  readonly toCallee: string;
}

/** A session that was opened. */
export interface Anchored {
  readonly session: string;
  /** The offer as the callee shall get it. */
  readonly offer?: string;
}

/** Puts media workers between the parties of calls, by rewriting their session descriptions. */
export class Anchors {
  readonly #workers: MediaWorkers;

  constructor(workers: MediaWorkers) {
    this.#workers = workers;
  }

  /** Opens a session. Rejects with a Fault when no worker takes it, or when the offer cannot be read. */
  async open(request: AnchorRequest): Promise<Anchored> {
    const { call, offer, callerSource, calleeSources, inactivity, owner, key } = request;
    const descriptions = offer === undefined ? [] : describe(offer);
    const caller = toDescribe('', 'caller', descriptions, callerSource);
    const open = {
      call,
      streams: Math.max(descriptions.length, 1),
      callerSources: [callerSource],
      calleeSources: [...calleeSources],
      inactivity,
      owner,
      ...(offer === undefined ? {} : { caller }),
    };
    const { session, toCallee } = await this.#workers.open(open, key);
    return offer === undefined ? { session } : { session, offer: rewritten(offer, descriptions, toCallee) };
  }

  /** Opens another session for a call, with one command. Rejects with a Fault when no worker takes it. */
  async reopen({ call, caller, callee, inactivity, owner, key }: ReopenRequest): Promise<Reopened> {
    const [said, answered] = [describe(caller.sdp), describe(callee.sdp)];
    const open = {
      call,
      streams: Math.max(said.length, answered.length),
      callerSources: [caller.source],
      calleeSources: [callee.source],
      inactivity,
      owner,
      caller: toDescribe('', 'caller', said, caller.source),
      callee: toDescribe('', 'callee', answered, callee.source),
    };
    const { session, toCaller, toCallee } = await this.#workers.open(open, key);
    return {
      session,
      toCaller: rewritten(callee.sdp, answered, toCaller),
      toCallee: rewritten(caller.sdp, said, toCallee),
    };
  }

  /**
   * Tells the worker where the sender receives, and returns the description that the other party shall get, with its
   * version raised by `versions`. `source` is the IP address that it came from. Rejects with a Fault.
   */
  async rewrite(
    session: string,
    sender: Party,
    { sdp, source }: Said,
    versions: number = 0,
  ): Promise<string> {
    const descriptions = describe(sdp);
    const answer = await this.#workers.describe(toDescribe(session, sender, descriptions, source));
    const endpoints = sender === 'caller' ? answer.toCallee : answer.toCaller;
    return raiseVersion(rewritten(sdp, descriptions, endpoints), versions);
  }

  /** Whether a session is there; rejects when its worker does not answer. */
  has(session: string): Promise<boolean> {
    return this.#workers.has(session);
  }

  close(session: string): Promise<media.Statistics | undefined> {
    return this.#workers.close(session);
  }
}

/** The codec that an answer begins with, such as `PCMU/8000`; empty when there is none that can be told. */
export function codecOf(answer: string | undefined): string {
  if (answer === undefined) return '';
  try {
    const codec = describe(answer)[0]?.codecs.find((each) => !isTelephoneEvent(each));
    return codec ? `${codec.name}/${codec.clockRate}` : '';
  } catch (error) {
    if (error instanceof Fault) return '';
    throw error;
  }
}

function toDescribe(
  session: string,
  sender: Party,
  descriptions: readonly MediaDescription[],
  signallingSource: string,
): media.Describe {
  const side = sender === 'caller' ? media.Side.SIDE_CALLER : media.Side.SIDE_CALLEE;
  return { session, side, streams: descriptions.map(toStream), signallingSource };
}

function toStream(description: MediaDescription): media.Stream {
  if (!isRelayed(description)) return { host: '', port: 0, rtcpPort: 0, silent: true, opaque: false };
  const { host, port, protocol, rtcpPort, rtcpMux, direction } = description;
  const opaque = protocol.toUpperCase() === 'UDPTL';
  return { host, port, rtcpPort: rtcpMux ? 0 : rtcpPort, silent: !sends(direction), opaque };
}

function rewritten(
  sdp: string,
  descriptions: readonly MediaDescription[],
  endpoints: readonly media.Endpoint[],
): string {
  return anchor(
    sdp,
    descriptions.map((description, i) => (isRelayed(description) ? endpoints[i] : undefined)),
  );
}

function isRelayed(description: MediaDescription): boolean {
  return description.port !== 0 && relayable(description.protocol);
}
