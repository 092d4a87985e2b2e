import { Fault, reasonPhrase } from '@tandem/sip';
import { callNotInProgress } from '../faults.ts';
import { Call, type CallParts } from './call.ts';
import { allow, answer, recordRoute, type ServerTx, type ServerUser, sdpOf, sdpType, token } from './core.ts';
import { Deadline } from './deadline.ts';
import type { Ending } from './ending.ts';
import { InviteDialog } from './invite-dialog.ts';

/** A call that comes in: `ring`, then `answer` or `reject`. */
export class IncomingCall extends Call implements ServerUser {
  /** The URI of who calls. */
  readonly caller: string;
  readonly #invite: ServerTx;
  readonly #offer: string | undefined;
  readonly #ringing: Deadline;
  #leaving = false;
  #early = false;

  constructor(parts: CallParts, invite: ServerTx) {
    super(parts, invite.request.callId, token(), 'ringing');
    this.#invite = invite;
    const { request } = invite;
    this.caller = request.from.uri;
    this.#offer = sdpOf(request);
    this.dialog = InviteDialog.ofCallee(this.core, this, request, this.localTag);
    if (this.dialog) this.dialogs.set(request.from.params.get('tag') ?? '', this.dialog);
    this.#ringing = new Deadline(this.core.layer.wheel, () => this.reject(480));
    this.#ringing.set(this.core.clock() + parts.ringTime);
    invite.user = this;
  }

  /** Says that the phone rings; with `media`, it is heard before the answer. */
  ring({ media = false }: { readonly media?: boolean } = {}): void {
    this.#expect('ringing');
    const { contact } = this.#answerable();
    const toTag = this.localTag;
    const headers = [...recordRoute(this.#invite.request), contact, allow];
    if (!media || this.#offer === undefined) answer(this.core, this.#invite, 180, { toTag, headers });
    else {
      const body = this.session.answer(this.#offer);
      this.#early = true;
      answer(this.core, this.#invite, 183, { toTag, headers: [...headers, sdpType], body });
      this.negotiated();
    }
  }

  /** Takes the call; settles when the caller has acknowledged it. Rejects with a Fault when there is no common codec. */
  async answer(): Promise<void> {
    this.#expect('ringing');
    const dialog = this.#answerable();
    try {
      const body = this.#offer === undefined ? this.session.offer() : this.session.answer(this.#offer);
      this.#ringing.cancel();
      this.become('answering');
      dialog.requests.accept(this.#invite, body);
    } catch (error) {
      if (error instanceof Fault) this.reject(error.kind.status, error.message);
      throw error;
    }
    this.negotiated();
    await this.whenAnswered();
  }

  /** Turns the call down: 486 says busy. */
  reject(status: number = 486, reason: string = reasonPhrase(status)): void {
    this.#expect('ringing');
    answer(this.core, this.#invite, status, { toTag: this.localTag, reason });
    this.#end({ by: 'local', status, reason });
  }

  /** The caller gave up. */
  cancelled(reason: string | undefined): void {
    if (this.state === 'ringing')
      this.over({ by: 'remote', status: 487, reason: reason ?? 'Request Terminated' });
  }

  override acknowledged(): void {
    if (this.state !== 'answering') return;
    this.become('answered');
    this.negotiated();
    this.emit('answered');
    // §15: no BYE before the ACK.
    if (this.#leaving) this.hangUp().catch(() => {});
  }

  /** A BYE may come before the answer; then the INVITE still needs one (§15.1.2). */
  override over(ending: Ending): void {
    if (this.state === 'ringing') answer(this.core, this.#invite, 487, { toTag: this.localTag });
    this.#end(ending);
  }

  protected override get speaks(): boolean {
    return this.#early || super.speaks;
  }

  protected override async giveUp(): Promise<void> {
    if (this.state === 'ringing') this.reject(480);
    this.#leaving = true;
    await this.whenEnded();
  }

  #end(ending: Ending): void {
    this.#ringing.cancel();
    super.over(ending);
  }

  #expect(state: 'ringing'): void {
    if (this.state !== state) throw new Fault(callNotInProgress, `the call is ${this.state}`);
  }

  #answerable(): InviteDialog {
    if (this.dialog) return this.dialog;
    throw new Error('an INVITE without Contact was let in');
  }
}
