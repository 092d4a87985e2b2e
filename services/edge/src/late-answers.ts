import { parseMessage, SipRequest, type SipResponse } from '@tandem/sip';
import type { Branch } from './branch.ts';
import type { Answered } from './call-dialogs.ts';
import { calleeCallId } from './call-outside.ts';
import { dismiss } from './hang-up.ts';
import type { EdgeParts } from './parts.ts';
import type { Dismissal } from './proxy-owner.ts';
import type { DialogToken } from './token.ts';

/** Lets phones go that have answered a call which another one has. Of the INVITE it keeps the text only. */
export class LateAnswers implements Dismissal {
  readonly #parts: EdgeParts;
  readonly #invite: string;
  /** By the branch in our Via. */
  readonly #expected = new Map<string, Pick<Answered, 'authorized' | 'token'>>();
  /** Branches and tags. */
  #dismissed: Set<string> | undefined;

  constructor(parts: EdgeParts, invite: string) {
    this.#parts = parts;
    this.#invite = invite;
  }

  /** An INVITE is sent with this token. */
  expect({ authorized, tx }: Branch, token: DialogToken): void {
    this.#expected.set(tx!.branch, { authorized, token });
  }

  tokenOf({ tx }: Branch): DialogToken | undefined {
    return tx && this.#expected.get(tx.branch)?.token;
  }

  dismiss(response: SipResponse): void {
    const branch = response.via.params.get('branch') ?? '';
    const expected = this.#expected.get(branch);
    if (!expected) return;
    const invite = parseMessage(this.#invite);
    if (!(invite instanceof SipRequest)) return;
    const dialog = `${branch} ${response.to.params.get('tag')}`;
    this.#dismissed ??= new Set();
    const isRepeated = this.#dismissed.has(dialog);
    this.#dismissed.add(dialog);
    const names = { calleeCallId: calleeCallId(this.#parts, invite, expected.token) };
    void dismiss(this.#parts, { ...expected, ...names, invite, response }, isRepeated);
  }
}
