import { media } from '@tandem/contract';
import { type AnchorEndpoint, anchor, describe, type MediaDescription, relayable, sends } from '@tandem/sdp';
import type { SipMessage } from '@tandem/sip';
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
  /** IP addresses of the targets, where they are known. */
  readonly calleeSources: readonly string[];
  /** Seconds without a packet after which the call is dead; 0 means never. */
  readonly inactivity: number;
  /** This edge's node id. */
  readonly owner: string;
}

/** Puts media workers between the parties of calls, by rewriting their session descriptions. */
export class Anchors {
  readonly #workers: MediaWorkers;

  constructor(workers: MediaWorkers) {
    this.#workers = workers;
  }

  /** Opens a session and returns its id. Rejects with a Fault when no worker takes it. */
  async open(request: AnchorRequest): Promise<string> {
    const streams = request.offer === undefined ? [] : describe(request.offer);
    const { session } = await this.#workers.open({
      call: request.call,
      streams: Math.max(streams.length, 1),
      callerSources: [request.callerSource],
      calleeSources: [...request.calleeSources],
      inactivity: request.inactivity,
      owner: request.owner,
    });
    return session;
  }

  /**
   * Tells the worker where the sender receives, and returns the description that the other party shall get.
   * `source` is the IP address that it came from. Rejects with a Fault.
   */
  async rewrite(session: string, sender: Party, sdp: string, source: string): Promise<string> {
    const descriptions = describe(sdp);
    const answer = await this.#workers.describe({
      session,
      side: sender === 'caller' ? media.Side.SIDE_CALLER : media.Side.SIDE_CALLEE,
      streams: descriptions.map(toStream),
      signallingSource: source,
    });
    const endpoints = sender === 'caller' ? answer.toCallee : answer.toCaller;
    return anchor(
      sdp,
      descriptions.map((description, i) => endpointFor(description, endpoints[i])),
    );
  }

  close(session: string): Promise<media.Statistics | undefined> {
    return this.#workers.close(session);
  }
}

/** The session description that a message carries. */
export function sdpOf(message: SipMessage): string | undefined {
  const type = message.value('Content-Type')?.toLowerCase() ?? '';
  const isSdp = type === 'application/sdp' || type.startsWith('application/sdp;');
  return isSdp && message.body !== '' ? message.body : undefined;
}

function toStream(description: MediaDescription): media.Stream {
  if (!isRelayed(description)) return { host: '', port: 0, rtcpPort: 0, silent: true };
  const { host, port, rtcpPort, rtcpMux, direction } = description;
  return { host, port, rtcpPort: rtcpMux ? 0 : rtcpPort, silent: !sends(direction) };
}

function endpointFor(
  description: MediaDescription,
  endpoint: media.Endpoint | undefined,
): AnchorEndpoint | undefined {
  return isRelayed(description) ? endpoint : undefined;
}

function isRelayed(description: MediaDescription): boolean {
  return description.port !== 0 && relayable(description.protocol);
}
