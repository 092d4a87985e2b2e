import { setTimeout as delay } from 'node:timers/promises';
import type { Message } from '../../harness/message.ts';
import { elements } from '../../wire/dialog.ts';
import { sdp } from '../../wire/phone.ts';
import { statusOf } from '../../wire/reply.ts';
import type { Headers } from '../../wire/request.ts';
import type { Audio } from './audio.ts';
import { checkSuccessor, readSession, type Session, writeSession } from './session.ts';
import { Retransmission } from './transaction.ts';

const TRIES = 3;

/** What carries a leg. */
export interface Carrier {
  readonly host: string;
  /** Sends a request and returns its final response. */
  ask(request: Message): Promise<Message>;
  request(method: string, uri: string, headers: Headers, body?: string): Message;
  send(message: Message): void;
  reply(request: Message, status: string, headers?: Headers, body?: string): void;
  /** Notes that a peer has broken a rule. */
  complain(what: string): void;
}

export interface LegState {
  readonly callId: string;
  /** From and To of this side's requests. */
  readonly local: string;
  readonly remote: string;
  readonly target: string;
  readonly routes: readonly string[];
  readonly cseq: number;
  /** The last CSeq number of the peer; undefined before its first request. */
  readonly peerCseq: number | undefined;
  readonly audio: Audio;
}

/** One side of a call that is up, RFC 3261 section 12: it answers what comes, and complains where a rule is broken. */
export class Leg {
  readonly callId: string;
  readonly audio: Audio;
  /** How it has ended: by its own BYE or that of the peer. */
  readonly ended: Promise<'own' | 'peer'>;
  /** How many re-INVITEs came. */
  renegotiated: number = 0;
  isUp: boolean = true;
  /** Whether the peer has acknowledged the last answer of this side. */
  isAcknowledged: boolean = false;
  readonly #carrier: Carrier;
  readonly #isCaller: boolean;
  readonly #local: string;
  readonly #remote: string;
  readonly #routes: readonly string[];
  readonly #end: PromiseWithResolvers<'own' | 'peer'> = Promise.withResolvers();
  #target: string;
  #cseq: number;
  #peerCseq: number | undefined;
  #version = 1;
  #round = 0;
  #peerSession: Session | undefined;
  #offering = false;
  /** Its answers that are not acknowledged yet, by the number of the INVITE. */
  readonly #accepted = new Map<number, Retransmission>();
  #lastAccepted = 0;
  #ack: Message | undefined;

  constructor(carrier: Carrier, state: LegState) {
    this.#carrier = carrier;
    this.callId = state.callId;
    this.audio = state.audio;
    this.#local = state.local;
    this.#remote = state.remote;
    this.#target = state.target;
    this.#routes = state.routes;
    this.#cseq = state.cseq;
    this.#peerCseq = state.peerCseq;
    this.#isCaller = state.peerCseq === undefined;
    this.ended = this.#end.promise;
  }

  /** The caller's side, from the answer to its INVITE. */
  static ofCaller(carrier: Carrier, answer: Message, audio: Audio): Leg {
    const leg = new Leg(carrier, {
      callId: answer.header('Call-ID'),
      local: answer.header('From'),
      remote: answer.header('To'),
      target: uriOf(answer.header('Contact')),
      routes: elements(answer.headers('Record-Route')).reverse(),
      cseq: Number.parseInt(answer.header('CSeq'), 10),
      peerCseq: undefined,
      audio,
    });
    leg.#hear(answer.body);
    leg.#acknowledge();
    return leg;
  }

  /** The callee's side; it answers the INVITE. */
  static ofCallee(carrier: Carrier, invite: Message, tag: string, audio: Audio): Leg {
    const leg = new Leg(carrier, {
      callId: invite.header('Call-ID'),
      local: `${invite.header('To')};tag=${tag}`,
      remote: invite.header('From'),
      target: uriOf(invite.header('Contact')),
      routes: elements(invite.headers('Record-Route')),
      cseq: 0,
      peerCseq: Number.parseInt(invite.header('CSeq'), 10),
      audio,
    });
    leg.#accept(invite);
    return leg;
  }

  /** The session description that it offers or answers with. */
  get description(): string {
    return writeSession(this.#carrier.host, this.audio.port, this.#version, this.#round);
  }

  /** Where its audio goes. */
  get media(): string {
    return this.#peerSession?.host ?? '';
  }

  /** Changes the session and returns the final status; waits while somebody else changes it. */
  async renew(): Promise<number> {
    this.#version += 1;
    this.#round += 1;
    for (let tries = 1; ; tries += 1) {
      const status = await this.#offer();
      if (status !== 491 || tries === TRIES) return status;
      await delay(this.#isCaller ? between(2_100, 4_000) : between(0, 2_000));
    }
  }

  async #offer(): Promise<number> {
    this.#offering = true;
    const answer = await this.#ask('INVITE', sdp, this.description).finally(() => (this.#offering = false));
    if (statusOf(answer) < 300) this.#hear(answer.body);
    if (statusOf(answer) < 300) this.#acknowledge();
    return statusOf(answer);
  }

  /** Hangs up and returns the final status. */
  async hangUp(): Promise<number> {
    const answer = await this.#ask('BYE').finally(() => this.#over('own'));
    return statusOf(answer);
  }

  /** A request within the dialog. */
  receive(request: Message): void {
    const [method = ''] = request.start.split(' ');
    if (method === 'ACK') this.#acknowledged(request);
    if (method === 'ACK' || !this.#isExpected(request)) return;
    if (method === 'INVITE') this.#renewed(request);
    else this.#carrier.reply(request, '200 OK');
    if (method === 'BYE') this.#over('peer');
  }

  /** The answer to its INVITE came again: the ACK was lost. */
  again(): void {
    if (this.#ack) this.#carrier.send(this.#ack);
  }

  #isExpected(request: Message): boolean {
    const number = Number.parseInt(request.header('CSeq'), 10);
    if (request.header('From') !== this.#remote || request.header('To') !== this.#local) {
      this.#carrier.complain(`${this.callId}: ${request.start.split(' ')[0]} of another dialog`);
      this.#carrier.reply(request, '481 Call/Transaction Does Not Exist');
      return false;
    }
    if (this.#peerCseq !== undefined && number <= this.#peerCseq) {
      this.#carrier.complain(`${this.callId}: CSeq ${request.header('CSeq')} after ${this.#peerCseq}`);
      this.#carrier.reply(request, '500 Server Internal Error', { 'Retry-After': '1' });
      return false;
    }
    this.#peerCseq = number;
    return true;
  }

  #renewed(invite: Message): void {
    if (!this.#offering) this.renegotiated += 1;
    if (this.#offering) this.#carrier.reply(invite, '491 Request Pending');
    else this.#accept(invite);
  }

  #accept(invite: Message): void {
    if (invite.body) this.#hear(invite.body);
    this.#target = uriOf(invite.header('Contact'));
    const to = invite.header('To').includes(';tag=') ? {} : { To: this.#local };
    const answer = () => this.#carrier.reply(invite, '200 OK', { ...sdp, ...to }, this.description);
    const unheard = () => void this.#unheard(invite);
    this.isAcknowledged = false;
    this.#lastAccepted = Number.parseInt(invite.header('CSeq'), 10);
    this.#accepted.set(this.#lastAccepted, new Retransmission(answer, unheard));
  }

  // RFC 3261 section 13.3.1.4.
  async #unheard(invite: Message): Promise<void> {
    this.#carrier.complain(`${this.callId}: no ACK of CSeq ${invite.header('CSeq')}`);
    await this.hangUp().catch(() => 0);
  }

  #acknowledged(ack: Message): void {
    const cseq = Number.parseInt(ack.header('CSeq'), 10);
    if (cseq > this.#lastAccepted) this.#carrier.complain(`${this.callId}: ACK ${cseq} of no INVITE`);
    // One that comes again, or after the next INVITE, changes nothing.
    if (!this.#accepted.has(cseq)) return;
    this.#accepted.get(cseq)?.stop();
    this.#accepted.delete(cseq);
    if (cseq !== this.#lastAccepted) return;
    this.isAcknowledged = true;
    // To an INVITE without an offer the answer comes here.
    if (ack.body) this.#hear(ack.body);
  }

  #hear(body: string): void {
    const session = readSession(body);
    const complaint = checkSuccessor(this.#peerSession, session);
    if (complaint) this.#carrier.complain(`${this.callId}: ${complaint}`);
    this.#peerSession = session;
    this.audio.peer = session;
  }

  #acknowledge(): void {
    this.#ack = this.#request('ACK');
    this.#carrier.send(this.#ack);
  }

  async #ask(method: string, headers: Headers = {}, body = ''): Promise<Message> {
    this.#cseq += 1;
    return this.#carrier.ask(this.#request(method, headers, body));
  }

  #request(method: string, headers: Headers = {}, body = ''): Message {
    const own = {
      Route: this.#routes,
      From: this.#local,
      To: this.#remote,
      'Call-ID': this.callId,
      CSeq: `${this.#cseq} ${method}`,
    };
    return this.#carrier.request(method, this.#target, { ...own, ...headers }, body);
  }

  #over(by: 'own' | 'peer'): void {
    this.isUp = false;
    for (const retransmission of this.#accepted.values()) retransmission.stop();
    this.audio.close();
    this.#end.resolve(by);
  }
}

/** RFC 3261 section 14.1: how long each side waits after a 491, in milliseconds. */
function between(least: number, most: number): number {
  return least + Math.random() * (most - least);
}

/** What stands between the angle brackets. */
function uriOf(value: string): string {
  return /<([^>]*)>/.exec(value)?.[1] ?? value;
}
