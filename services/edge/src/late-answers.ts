import { parseMessage, SipRequest, type SipResponse } from '@tandem/sip';
import { calleeCallId } from './call-outside.ts';
import { dismiss } from './hang-up.ts';
import type { EdgeParts } from './parts.ts';
import type { Dismissal } from './proxy-owner.ts';
import type { DialogToken } from './token.ts';

/** Lets phones go that have answered a call which another one has. Of the INVITE it keeps the text only. */
export class LateAnswers implements Dismissal {
  /** By the branch in our Via. */
  readonly tokens: Map<string, DialogToken> = new Map();
  readonly #parts: EdgeParts;
  readonly #invite: string;
  /** Branches and tags. */
  #dismissed: Set<string> | undefined;

  constructor(parts: EdgeParts, invite: string) {
    this.#parts = parts;
    this.#invite = invite;
  }

  dismiss(response: SipResponse): void {
    const branch = response.via.params.get('branch') ?? '';
    const token = this.tokens.get(branch);
    const invite = parseMessage(this.#invite);
    if (!token || !(invite instanceof SipRequest)) return;
    const dialog = `${branch} ${response.to.params.get('tag')}`;
    this.#dismissed ??= new Set();
    const isRepeated = this.#dismissed.has(dialog);
    this.#dismissed.add(dialog);
    const answered = { invite, response, token, calleeCallId: calleeCallId(this.#parts, invite, token) };
    void dismiss(this.#parts, answered, isRepeated);
  }
}
