import type { CodecPolicy } from '@tandem/sdp';
import { Fault, type FaultKind, type SipResponse } from '@tandem/sip';
import { sdpOf } from './body.ts';
import type { Branch } from './branch.ts';
import type { Said } from './call-dialogs.ts';
import { isMismatch, restricted, restrictedOffer } from './codec-rules.ts';
import { mediaLate, mediaLost, mediaUnavailable } from './faults.ts';
import type { LateAnswers } from './late-answers.ts';
import type { EdgeParts, ServerTx } from './parts.ts';
import type { SetupCall } from './setup-call.ts';

/** What the parties of a call say of their media until it is answered, and how each gets that. */
export class CallMedia {
  /** Why nobody could be connected who has answered. */
  lost: FaultKind | undefined;
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;
  readonly #call: SetupCall;
  /** Knows the codecs of each branch. */
  readonly #late: LateAnswers;
  /** What callees have said of their media. */
  readonly #said = new Map<Branch, Said>();
  /** Whose description the media worker has. */
  #described: Branch | undefined;

  constructor(parts: EdgeParts, tx: ServerTx, call: SetupCall, late: LateAnswers) {
    this.#parts = parts;
    this.#tx = tx;
    this.#call = call;
    this.#late = late;
  }

  /** The offer as this callee shall see it, where that is not as all do: `body`, or else the caller's own. */
  offerTo(branch: Branch, body: string | undefined): string | undefined {
    const policy = this.#late.tokenOf(branch)?.codecs;
    const sdp = policy && (body ?? sdpOf(this.#tx.request));
    return sdp && restrictedOffer(sdp, policy, 'caller');
  }

  saidBy(branch: Branch): Said | undefined {
    return this.#said.get(branch);
  }

  /** The description of a response as the caller shall see it; undefined leaves its own. */
  async describe(response: SipResponse, branch: Branch): Promise<string | undefined> {
    const said = this.#saidIn(response, branch);
    if (said) this.#said.set(branch, said);
    if (this.#call.media === '') return said?.sdp;
    // RFC 3262 §5: an answer that came before is not repeated; meanwhile another phone may have given one.
    const heard = this.#said.get(branch);
    const isDescribed = said === undefined && (response.status < 200 || this.#described === branch);
    if (!heard || isDescribed) return undefined;
    const body = await this.#connected(heard, branch);
    this.#described = branch;
    return said && body;
  }

  /** What a callee says of its media, as far as it may. Throws a Fault for an offer in a 2xx of which nothing is left. */
  #saidIn(response: SipResponse, branch: Branch): Said | undefined {
    const codecs = this.#late.tokenOf(branch)?.codecs;
    const sdp = this.#call.media === '' && !codecs ? undefined : sdpOf(response);
    if (sdp === undefined) return undefined;
    return { sdp: codecs ? this.#allowed(sdp, codecs, response) : sdp, source: branch.tx?.flow.host ?? '' };
  }

  #allowed(sdp: string, codecs: CodecPolicy, { status }: SipResponse): string {
    if (status < 200 || sdpOf(this.#tx.request) !== undefined) return restricted(sdp, codecs);
    try {
      return restrictedOffer(sdp, codecs, 'callee');
    } catch (error) {
      if (isMismatch(error)) this.lost = error.kind;
      throw error;
    }
  }

  async #connected(said: Said, branch: Branch): Promise<string> {
    try {
      return await this.#rewrite(said, branch);
    } catch (error) {
      const isLost = error instanceof Fault && [mediaLate, mediaLost, mediaUnavailable].includes(error.kind);
      this.lost = isLost ? error.kind : undefined;
      throw error;
    }
  }

  /** A worker that died or got stuck while the phone rang: the call gets another one, of which the callee is told later. */
  async #rewrite(said: Said, branch: Branch): Promise<string> {
    const { anchors, workers } = this.#parts;
    const { media } = this.#call;
    if (!workers.answersFor(media) && !workers.isUnheardOf(media)) return this.#reopen(said, branch);
    try {
      return await anchors.rewrite(media, 'callee', said);
    } catch (error) {
      const isSilent = error instanceof Fault && [mediaLate, mediaLost].includes(error.kind);
      if (!isSilent || !workers.members) throw error;
      return this.#reopen(said, branch);
    }
  }

  async #reopen(callee: Said, branch: Branch): Promise<string> {
    const { anchors, calls, node } = this.#parts;
    const { id, inactivity } = this.#call;
    const caller = this.callerSaid(branch);
    const key = this.#tx.request.callId;
    const common = { call: id, inactivity, owner: node, key };
    if (caller) {
      const { session, toCaller, toCallee } = await anchors.reopen({ ...common, caller, callee });
      calls.reopened(this.#call, session, toCallee);
      return toCaller;
    }
    const sources = { callerSource: this.#tx.flow.host, calleeSources: [callee.source] };
    const { session } = await anchors.open({ ...common, ...sources, offer: undefined });
    calls.reopened(this.#call, session, undefined);
    return anchors.rewrite(session, 'callee', callee);
  }

  /** What the caller has said, as far as this callee was told. */
  callerSaid(branch: Branch): Said | undefined {
    const { said } = this.#call;
    const codecs = this.#late.tokenOf(branch)?.codecs;
    return said && codecs ? { ...said, sdp: restrictedOffer(said.sdp, codecs, 'caller') } : said;
  }
}
