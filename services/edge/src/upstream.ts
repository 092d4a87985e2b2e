import { type BranchResult, Edit, Fault, mergedChallenges, type SipResponse } from '@tandem/sip';
import { answer, answerFault } from './answer.ts';
import { bodyWith } from './body.ts';
import type { Branch } from './branch.ts';
import { accepted } from './covered-body.ts';
import { bodyRefused } from './faults.ts';
import type { EdgeParts, ServerTx } from './parts.ts';
import type { ProxyOwner, Screen } from './proxy-owner.ts';

/** What goes back to the sender of a proxied request. */
export class Upstream {
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;
  readonly #owner: ProxyOwner;
  /** Of all branches that have one, by what our Via says. */
  readonly #veils = new Map<string, Screen>();
  /** It was answered in vain. */
  #hasFailed = false;

  constructor(parts: EdgeParts, tx: ServerTx, owner: ProxyOwner) {
    this.#parts = parts;
    this.#tx = tx;
    this.#owner = owner;
  }

  /** What answers the request with this branch in our Via is seen through a veil. */
  through(veil: Screen, branch: string): void {
    this.#veils.set(branch, veil);
  }

  /** Whether a response is the 2xx that has gone up before: then it does once more. */
  repeats({ success }: Branch, response: SipResponse): boolean {
    if (success?.received !== response.text) return false;
    this.#send(success.sent);
    return true;
  }

  /** A provisional response, or a 2xx. */
  async forward(branch: Branch, response: SipResponse): Promise<void> {
    if (this.#hasFailed) return this.#owner.late.dismiss(response);
    const sdp = await this.#description(branch, response);
    if (sdp instanceof Fault && response.status >= 200 && this.#owner.needsBody) {
      this.#fail(response, sdp);
      return;
    }
    const sent = this.#edited(response, sdp).write();
    if (response.status >= 200) branch.success = { received: response.text, sent };
    this.#owner.forwarded(response, branch);
    this.#send(sent);
  }

  /** No branch has succeeded. */
  finish(result: BranchResult, all: readonly BranchResult[]): void {
    if (result.status === 408 && this.#tx.request.method !== 'INVITE') {
      // RFC 4320 §4.2: a 408 would come too late to be of use.
      this.#parts.layer.discard(this.#tx, this.#parts.now());
      return;
    }
    const challenged = result.status === 401 || result.status === 407;
    if (!result.response || challenged) {
      const headers = challenged
        ? mergedChallenges(all)
        : result.status === bodyRefused.status
          ? [accepted]
          : [];
      answer(this.#parts, this.#tx, result.status, { headers });
      return;
    }
    this.#send(this.#edited(result.response).write());
  }

  #send(text: string): void {
    this.#parts.layer.respond(this.#tx, text, this.#parts.now());
  }

  async #description(branch: Branch, response: SipResponse): Promise<string | Fault | undefined> {
    try {
      return await this.#owner.responseBody(response, branch);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#parts.log.warn({ sipCallId: response.callId, fault: error.kind.code }, error.message);
      return error;
    }
  }

  #fail(response: SipResponse, fault: Fault): void {
    this.#hasFailed = true;
    this.#owner.late.dismiss(response);
    this.#owner.finished({ status: fault.kind.status }, []);
    answerFault(this.#parts, this.#tx, fault);
  }

  #edited(response: SipResponse, sdp?: string | Fault): Edit {
    const veil = this.#veils.get(response.via.params.get('branch') ?? '');
    const edit = veil?.response(response, this.#tx.request, sdp) ?? plainly(response, sdp);
    for (const [name, value] of this.#owner.responseHeaders(response)) edit.set(name, value);
    return edit;
  }
}

/** What cannot be read goes on as it is. */
function plainly(response: SipResponse, sdp: string | Fault | undefined): Edit {
  const edit = new Edit(response).removeFirst('Via');
  const body = sdp instanceof Fault ? undefined : bodyWith(response, sdp);
  return body === undefined ? edit : edit.body(body);
}
