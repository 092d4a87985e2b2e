import { parseMessage } from '../message/parse.ts';
import { SipRequest } from '../message/request.ts';
import type { SipResponse } from '../message/response.ts';
import { TransactionLayer } from './layer.ts';
import type { Flow, TransactionFailure, TransactionListener } from './listener.ts';
import type { ServerTransaction } from './server-transaction.ts';

/** What the tests keep with a transaction. */
export interface User {
  readonly name: string;
}

/** A layer whose user writes down what it hears and what is sent, and takes no part by itself. */
export class Recorder implements TransactionListener<Flow, User, User> {
  readonly layer: TransactionLayer<Flow, User, User>;
  readonly servers: ServerTransaction<Flow, User>[] = [];
  readonly sent: string[] = [];
  now = 0;
  #log: string[] = [];

  constructor(capacity = 1_000) {
    this.layer = new TransactionLayer<Flow, User, User>(this, { node: 'n1', capacity, now: 0 });
  }

  /** What has happened since the last call. */
  log(): string[] {
    const log = this.#log;
    this.#log = [];
    return log;
  }

  receive(message: SipRequest | SipResponse, flow: Flow): boolean {
    return this.layer.receive(message, flow, this.now);
  }

  /** Advances tick by tick. */
  pass(duration: number): void {
    for (const end = this.now + duration; this.now < end; ) {
      this.now += 10;
      this.layer.advance(this.now);
    }
  }

  /** The transactions that are there, by kind: active and completed. */
  present(): Record<string, string> {
    const tallies = Object.entries(this.layer.tallies).filter(
      ([, { active, completed }]) => active + completed,
    );
    return Object.fromEntries(
      tallies.map(([kind, { active, completed }]) => [kind, `${active}+${completed}`]),
    );
  }

  note(line: string): void {
    this.#log.push(line);
  }

  send(text: string): void {
    this.sent.push(text);
    const message = parseMessage(text);
    if (message instanceof Error) throw message;
    this.note(`send ${message instanceof SipRequest ? message.method : message.status}`);
  }

  request(tx: ServerTransaction<Flow, User>): void {
    this.servers.push(tx);
    this.note(`request ${tx.request.method}`);
  }

  cancel(tx: ServerTransaction<Flow, User>, invite: ServerTransaction<Flow, User> | undefined): void {
    this.servers.push(tx);
    this.note(`cancel ${invite?.user?.name ?? 'what is over'}`);
  }

  ack(): void {
    this.note('ack');
  }

  expired(tx: ServerTransaction<Flow, User>): void {
    this.note(`expired ${tx.request.method}`);
  }

  response(user: User, response: SipResponse): void {
    this.note(`${user.name} ${response.status}`);
  }

  failedTransaction(user: User, cause: TransactionFailure): void {
    this.note(`${user.name} ${cause}`);
  }

  stray(response: SipResponse): void {
    this.note(`stray ${response.status}`);
  }

  error(error: unknown): void {
    this.note(`error ${error instanceof Error ? error.message : 'of unknown kind'}`);
  }
}
