import {
  calleeDialog,
  callerDialog,
  type Dialog,
  dialogRequest,
  magicCookie,
  parseMessage,
  refreshTarget,
  respond,
  type SipRequest,
  SipResponse,
} from '@tandem/sip';
import { ClientRequest, type RequestListener } from './client-request.ts';
import { type AgentCore, contactFor, token } from './core.ts';
import { DialogRequests } from './dialog-requests.ts';
import type { DialogContent, DialogUser } from './dialog-user.ts';
import { Digest } from './digest.ts';
import { SessionChange } from './session-change.ts';

/** A dialog that an INVITE makes, and what we send in it (RFC 3261 §12 to §15). */
export class InviteDialog {
  /** There was a 2xx. */
  confirmed = false;
  /** We wrote its Call-ID. */
  readonly isCaller: boolean;
  readonly localTag: string;
  readonly contact: readonly [string, string];
  /** What the peer sends. */
  readonly requests: DialogRequests;
  readonly #core: AgentCore;
  readonly #user: DialogUser;
  readonly #digest: Digest;
  #dialog: Dialog;
  #change: SessionChange | undefined;

  private constructor(
    core: AgentCore,
    user: DialogUser,
    dialog: Dialog,
    isCaller: boolean,
    localTag: string,
    uri: string,
  ) {
    this.contact = ['Contact', `<${contactFor(core, uri)}>`];
    this.#core = core;
    this.#user = user;
    this.#dialog = dialog;
    this.#digest = new Digest(core.account);
    this.isCaller = isCaller;
    this.localTag = localTag;
    this.requests = new DialogRequests(core, user, this);
  }

  /** The caller's, by a response with a To tag; undefined when the response has no Contact. */
  static ofCaller(
    core: AgentCore,
    user: DialogUser,
    sent: SipRequest,
    response: SipResponse,
  ): InviteDialog | undefined {
    const dialog = callerDialog(sent, response);
    return dialog && new InviteDialog(core, user, dialog, true, sent.from.params.get('tag') ?? '', sent.uri);
  }

  /** The callee's; undefined when the INVITE has no Contact. */
  static ofCallee(
    core: AgentCore,
    user: DialogUser,
    invite: SipRequest,
    localTag: string,
  ): InviteDialog | undefined {
    const response = parseMessage(respond(invite, 200, { toTag: localTag }));
    const dialog = response instanceof SipResponse ? calleeDialog(invite, response) : undefined;
    return dialog && new InviteDialog(core, user, dialog, false, localTag, invite.uri);
  }

  /** Whether a re-INVITE of ours waits for its response. */
  get isChanging(): boolean {
    return this.#change?.inProgress ?? false;
  }

  /** Whether an INVITE of the peer is not settled. */
  get isBusy(): boolean {
    return this.requests.unacknowledged;
  }

  /** Takes the route set and the target of a 2xx (§13.2.2.4). */
  confirm(sent: SipRequest, response: SipResponse): void {
    const { sequence } = this.#dialog;
    const dialog = callerDialog(sent, response) ?? this.#dialog;
    this.#dialog = { ...dialog, sequence: Math.max(sequence, dialog.sequence) };
    this.confirmed = true;
  }

  /** Takes the target that a message gives (§12.2.1.2). */
  refresh(message: SipRequest | SipResponse): void {
    this.#dialog = refreshTarget(this.#dialog, message);
  }

  send(method: string, content: DialogContent, listener: RequestListener): void {
    const { ringTime, ...written } = content;
    const write = (via: string): string => {
      const { text, dialog } = dialogRequest(this.#dialog, { method, via, ...written });
      this.#dialog = dialog;
      return text;
    };
    const request = { method, digest: this.#digest, write, ...(ringTime === undefined ? {} : { ringTime }) };
    new ClientRequest(this.#core, request, listener).start();
  }

  /** Sends a request; settles with its final response, which may end the dialog. */
  request(method: string, content: DialogContent = {}): Promise<SipResponse> {
    return new Promise((resolve, reject) => {
      const final = (response: SipResponse): void => {
        this.endedBy(response);
        resolve(response);
      };
      this.send(method, content, { final, failed: reject });
    });
  }

  /** Ends the call when a response says that the peer knows the dialog no more (§12.2.1.2). */
  endedBy({ status, reason }: SipResponse): void {
    if (status === 481 || status === 408) this.#user.over({ by: 'remote', status, reason });
  }

  /** Sends the ACK of a 2xx, with the credentials of its INVITE (§13.2.2.4). */
  acknowledge(sent: SipRequest): void {
    const before = { ...this.#dialog, sequence: sent.cseq.number - 1 };
    const headers = (['Authorization', 'Proxy-Authorization'] as const).flatMap((name) =>
      sent.values(name).map((value) => [name, value] as const),
    );
    const via = this.#core.via(`${magicCookie}${token()}`);
    this.#core.flow().send(dialogRequest(before, { method: 'ACK', via, headers }).text);
  }

  /** Hangs up; settles with the response. */
  bye(): Promise<SipResponse> {
    return this.request('BYE');
  }

  /** Offers the session as it is now to be; settles when the peer has answered. */
  change(): Promise<void> {
    this.#change?.stop();
    this.#change = new SessionChange(this.#core, this, this.#user);
    return this.#change.settled;
  }

  /** Lets nothing happen any more. */
  stop(): void {
    this.requests.stop();
    this.#change?.stop();
  }
}
