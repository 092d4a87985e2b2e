import type { Message } from '../harness/message.ts';
import type { Phone } from './phone.ts';
import type { Headers } from './request.ts';

/** What one side of a dialog knows, RFC 3261 section 12. */
interface DialogState {
  readonly callId: string;
  /** From and To of this side's requests. */
  readonly local: string;
  readonly remote: string;
  /** The Request-URI of this side's requests. */
  readonly target: string;
  /** Values of Route, first first. */
  readonly routes: readonly string[];
  /** The last CSeq number that this side has used. */
  readonly cseq: number;
}

/** One side of a dialog. */
export class Dialog {
  readonly callId: string;
  readonly target: string;
  readonly routes: readonly string[];
  readonly #phone: Phone;
  readonly #local: string;
  readonly #remote: string;
  #cseq: number;

  private constructor(phone: Phone, state: DialogState) {
    this.callId = state.callId;
    this.target = state.target;
    this.routes = state.routes;
    this.#phone = phone;
    this.#local = state.local;
    this.#remote = state.remote;
    this.#cseq = state.cseq;
  }

  /** The caller's side, from a response with a tag. */
  static ofCaller(phone: Phone, response: Message): Dialog {
    return new Dialog(phone, {
      callId: response.header('Call-ID'),
      local: response.header('From'),
      remote: response.header('To'),
      target: uriOf(response.header('Contact')),
      routes: elements(response.headers('Record-Route')).reverse(),
      cseq: Number.parseInt(response.header('CSeq'), 10),
    });
  }

  /** The callee's side, from an INVITE and what it was answered with. */
  static ofCallee(phone: Phone, invite: Message, response: Message): Dialog {
    return new Dialog(phone, {
      callId: invite.header('Call-ID'),
      local: response.header('To'),
      remote: invite.header('From'),
      target: uriOf(invite.header('Contact')),
      routes: elements(invite.headers('Record-Route')),
      cseq: 0,
    });
  }

  /** The same side of the dialog, with which another phone goes on. */
  at(phone: Phone): Dialog {
    const { callId, target, routes } = this;
    return new Dialog(phone, {
      callId,
      target,
      routes,
      local: this.#local,
      remote: this.#remote,
      cseq: this.#cseq,
    });
  }

  /** The next request within the dialog; an ACK has the number of its INVITE. */
  request(method: string, headers: Headers = {}, body = ''): Message {
    if (method !== 'ACK') this.#cseq++;
    const own = {
      Route: this.routes,
      From: this.#local,
      To: this.#remote,
      'Call-ID': this.callId,
      CSeq: `${this.#cseq} ${method}`,
    };
    return this.#phone.request(method, this.target, { ...own, ...headers }, body);
  }

  /** Sends a request within the dialog and returns its final response. */
  async ask(method: string, headers: Headers = {}, body = ''): Promise<Message> {
    return this.#phone.ask(this.request(method, headers, body));
  }

  acknowledge(headers: Headers = {}, body = ''): void {
    this.#phone.send(this.request('ACK', headers, body));
  }
}

/** The elements of a comma list over several lines; no URI of the tests has a comma. */
export function elements(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(',').map((element) => element.trim()));
}

/** What stands between the angle brackets. */
function uriOf(value: string): string {
  return /<([^>]*)>/.exec(value)?.[1] ?? value;
}
