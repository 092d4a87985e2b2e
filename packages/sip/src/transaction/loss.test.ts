import { describe, expect, it } from 'vitest';
import { Edit } from '../message/edit.ts';
import type { SipRequest } from '../message/request.ts';
import { respond } from '../message/respond.ts';
import type { SipResponse } from '../message/response.ts';
import { forwardRequest } from '../proxy/forward.ts';
import { Timer } from '../timer/timer.ts';
import type { ClientTransaction } from './client-transaction.ts';
import { TransactionLayer } from './layer.ts';
import type { TransactionListener } from './listener.ts';
import { type Link, type Party, VirtualNetwork } from './network.ts';
import { requestText } from './sample.ts';
import type { ServerTransaction } from './server-transaction.ts';

/** What a party keeps with a call. */
interface Call {
  readonly id: string;
  upstream?: ServerTransaction<Link, Call>;
  downstream?: ClientTransaction<Link, Call>;
}

type ServerTx = ServerTransaction<Link, Call>;

/** Has a layer, and does nothing with what it hears. */
abstract class Node implements Party, TransactionListener<Link, Call, Call> {
  readonly layer: TransactionLayer<Link, Call, Call>;
  readonly network: VirtualNetwork;
  readonly name: string;
  readonly errors: unknown[] = [];
  /** What the user heard, by Call-ID. */
  readonly heard = new Map<string, string[]>();

  constructor(name: string, network: VirtualNetwork) {
    this.name = name;
    this.network = network;
    this.layer = new TransactionLayer<Link, Call, Call>(this, {
      node: name,
      capacity: 10_000,
      now: 0,
    });
    network.join(name, this);
  }

  hear(callId: string, what: string): void {
    const heard = this.heard.get(callId);
    if (heard) heard.push(what);
    else this.heard.set(callId, [what]);
  }

  receive(message: SipRequest | SipResponse, flow: Link, now: number): void {
    expect(this.layer.receive(message, flow, now)).toBe(true);
  }

  advance(now: number): void {
    this.layer.advance(now);
  }

  send(text: string, flow: Link): void {
    this.network.send(text, flow);
  }

  request(tx: ServerTx): void {
    this.hear(tx.request.callId, tx.request.method);
  }

  cancel(tx: ServerTx, invite: ServerTx | undefined, now: number): void {
    this.hear(tx.request.callId, 'CANCEL');
    this.layer.respond(tx, respond(tx.request, 200), now);
    if (invite) this.layer.respond(invite, respond(invite.request, 487), now);
  }

  ack(ack: SipRequest, _flow: Link): void {
    this.hear(ack.callId, 'ACK');
  }

  expired(tx: ServerTx): void {
    this.hear(tx.request.callId, 'expired');
  }

  response(user: Call, response: SipResponse, _now: number): void {
    this.hear(user.id, String(response.status));
  }

  failedTransaction(user: Call, cause: string): void {
    this.hear(user.id, cause);
  }

  stray(): void {}

  error(error: unknown): void {
    this.errors.push(error);
  }
}

/** Sends requests, and an ACK for each 2xx (RFC 3261 §13.2.2.4). */
class Caller extends Node {
  readonly #next: Link;

  constructor(network: VirtualNetwork, next: string, reliable: boolean) {
    super('caller', network);
    this.#next = network.link('caller', next, reliable);
  }

  start(method: string, id: string): Call {
    const call: Call = { id };
    const now = this.network.now;
    call.downstream = this.layer.prepare(method, this.#next, call, 'x', now)!;
    const text = requestText(method, { branch: call.downstream.branch, callId: id });
    this.layer.request(call.downstream, text, now);
    return call;
  }

  override response(user: Call, response: SipResponse, now: number): void {
    super.response(user, response, now);
    if (response.cseq.method !== 'INVITE' || response.status < 200 || response.status > 299) return;
    const toTag = response.to.params.get('tag') ?? '';
    const ack = requestText('ACK', { branch: `z9hG4bKack${user.id}`, callId: user.id, toTag });
    this.send(ack, this.#next);
  }
}

/** The 2xx of an INVITE, which the user repeats until the ACK (§13.3.1.4). */
class Acceptance extends Timer {
  readonly #callee: Callee;
  readonly #tx: ServerTx;
  #interval = 500;

  constructor(callee: Callee, tx: ServerTx) {
    super();
    this.#callee = callee;
    this.#tx = tx;
  }

  fire(now: number): void {
    this.#callee.answer(this.#tx, 200, now);
    this.#callee.layer.wheel.arm(this, now + this.#interval);
    this.#interval = Math.min(2 * this.#interval, 4_000);
  }
}

/** Answers after a while. */
class Answer extends Timer {
  readonly #callee: Callee;
  readonly #tx: ServerTx;

  constructor(callee: Callee, tx: ServerTx) {
    super();
    this.#callee = callee;
    this.#tx = tx;
  }

  fire(now: number): void {
    this.#callee.conclude(this.#tx, now);
  }
}

/** Takes calls whose id begins with a, refuses those that begin with r, lets the others ring. */
class Callee extends Node {
  readonly #accepted = new Map<string, Acceptance>();

  constructor(network: VirtualNetwork) {
    super('callee', network);
  }

  override request(tx: ServerTx): void {
    super.request(tx);
    const now = this.network.now;
    if (tx.request.method === 'INVITE') this.answer(tx, 180, now);
    this.layer.wheel.arm(new Answer(this, tx), now + this.network.random() * 1_000);
  }

  conclude(tx: ServerTx, now: number): void {
    const { callId, method } = tx.request;
    if (callId.startsWith('r')) this.answer(tx, 486, now);
    else if (callId.startsWith('a') && method === 'INVITE') this.#accept(tx, now);
    else if (callId.startsWith('a')) this.answer(tx, 200, now);
  }

  #accept(tx: ServerTx, now: number): void {
    const acceptance = new Acceptance(this, tx);
    this.#accepted.set(tx.request.callId, acceptance);
    acceptance.fire(now);
  }

  answer(tx: ServerTx, status: number, now: number): void {
    this.layer.respond(tx, respond(tx.request, status, { toTag: 'b' }), now);
  }

  override ack(ack: SipRequest, flow: Link): void {
    super.ack(ack, flow);
    this.layer.wheel.cancel(this.#accepted.get(ack.callId)!);
  }
}

/** A stateful proxy between the two, with one branch for each request. */
class Relay extends Node {
  readonly #next: Link;

  constructor(network: VirtualNetwork) {
    super('proxy', network);
    this.#next = network.link('proxy', 'callee');
  }

  override request(tx: ServerTx): void {
    super.request(tx);
    const call: Call = { id: tx.request.callId, upstream: tx };
    tx.user = call;
    const now = this.network.now;
    call.downstream = this.layer.prepare(tx.request.method, this.#next, call, 'x', now)!;
    this.layer.request(call.downstream, this.#forwarded(tx.request, call.downstream.branch), now);
  }

  override cancel(tx: ServerTx, invite: ServerTx | undefined, now: number): void {
    this.hear(tx.request.callId, 'CANCEL');
    this.layer.respond(tx, respond(tx.request, 200), now);
    if (invite?.user?.downstream) this.layer.cancel(invite.user.downstream, now);
  }

  override response(user: Call, response: SipResponse, now: number): void {
    super.response(user, response, now);
    if (response.status > 100) this.layer.respond(user.upstream!, upstream(response), now);
  }

  override ack(ack: SipRequest, flow: Link): void {
    super.ack(ack, flow);
    this.send(this.#forwarded(ack, `z9hG4bKstateless${ack.callId}`), this.#next);
  }

  #forwarded(request: SipRequest, branch: string): string {
    const via = `SIP/2.0/UDP proxy.example;branch=${branch}`;
    return forwardRequest(request, { uri: request.uri, route: [], via });
  }
}

function upstream(response: SipResponse): string {
  return new Edit(response).removeFirst('Via').write();
}

function finals(heard: readonly string[] | undefined): string[] {
  return (heard ?? []).filter((what) => !['100', '180'].includes(what));
}

/** The callee hears the INVITE once; each 2xx, also a repeated one, reaches the caller and is acknowledged. */
function expectAccepted(id: string, caller: Node, callee: Node): void {
  const [first, ...others] = callee.heard.get(id) ?? [];
  expect(first).toBe('INVITE');
  expect(new Set(others)).toEqual(new Set(['ACK']));
  expect(new Set(finals(caller.heard.get(id)))).toEqual(new Set(['200']));
}

/** Nothing may be left of a transaction, nor a timer. */
function expectNothingLeft(...nodes: Node[]): void {
  for (const { layer, errors } of nodes) {
    expect(errors).toEqual([]);
    for (const tally of Object.values(layer.tallies)) expect(tally).toEqual({ active: 0, completed: 0 });
    expect(layer.wheel.size).toBe(0);
  }
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const calls = Array.from({ length: 20 }, (_, i) => i);

/** Two hops fail twice as often, and each 2xx and its ACK have to pass both. */
const direct = { loss: 0.3, duplication: 0.1, jitter: 200 };
const relayed = { ...direct, loss: 0.1 };

describe.each(seeds)('over a network that loses three in ten, seed %i', (seed) => {
  it('an INVITE that fails comes to its end, once', () => {
    const network = new VirtualNetwork({ seed, ...direct });
    const caller = new Caller(network, 'callee', false);
    const callee = new Callee(network);
    for (const i of calls) caller.start('INVITE', `r${i}`);
    network.run(120_000);
    for (const i of calls) {
      expect(callee.heard.get(`r${i}`)).toEqual(['INVITE']);
      expect(finals(caller.heard.get(`r${i}`))).toEqual(['486']);
    }
    expectNothingLeft(caller, callee);
  });

  it('an INVITE that is accepted comes to its end, once', () => {
    const network = new VirtualNetwork({ seed, ...direct });
    const caller = new Caller(network, 'callee', false);
    const callee = new Callee(network);
    for (const i of calls) caller.start('INVITE', `a${i}`);
    network.run(120_000);
    for (const i of calls) expectAccepted(`a${i}`, caller, callee);
    expectNothingLeft(caller, callee);
  });

  it('another request comes to its end, once', () => {
    const network = new VirtualNetwork({ seed, ...direct });
    const caller = new Caller(network, 'callee', false);
    const callee = new Callee(network);
    for (const i of calls) caller.start('OPTIONS', `${'ar'[i % 2]}${i}`);
    network.run(120_000);
    for (const i of calls) {
      const id = `${'ar'[i % 2]}${i}`;
      expect(callee.heard.get(id)).toEqual(['OPTIONS']);
      expect(finals(caller.heard.get(id))).toEqual([i % 2 ? '486' : '200']);
    }
    expectNothingLeft(caller, callee);
  });
});

describe.each(seeds)('through a proxy, over a network that loses one in ten, seed %i', (seed) => {
  it('a call is set up, with every 2xx passed on and acknowledged', () => {
    const network = new VirtualNetwork({ seed, ...relayed });
    const caller = new Caller(network, 'proxy', false);
    const proxy = new Relay(network);
    const callee = new Callee(network);
    for (const i of calls) caller.start('INVITE', `a${i}`);
    network.run(120_000);
    for (const i of calls) expectAccepted(`a${i}`, caller, callee);
    expectNothingLeft(caller, proxy, callee);
  });

  it('a call is cancelled', () => {
    const network = new VirtualNetwork({ seed, ...relayed });
    const caller = new Caller(network, 'proxy', false);
    const proxy = new Relay(network);
    const callee = new Callee(network);
    const started = calls.map((i) => caller.start('INVITE', `c${i}`));
    for (const call of started) caller.layer.cancel(call.downstream!, network.now);
    network.run(120_000);
    for (const { id } of started) {
      expect(callee.heard.get(id)).toEqual(['INVITE', 'CANCEL']);
      expect(finals(caller.heard.get(id))).toEqual(['487']);
    }
    expectNothingLeft(caller, proxy, callee);
  });
});

describe('over a reliable link', () => {
  it('every message is sent once', () => {
    const network = new VirtualNetwork({ seed: 1, ...direct });
    const caller = new Caller(network, 'callee', true);
    const callee = new Callee(network);
    for (const id of ['r1', 'a1']) caller.start('OPTIONS', id);
    for (const id of ['r2', 'a2']) caller.start('INVITE', id);
    network.run(120_000);
    expect(Object.fromEntries(callee.heard)).toEqual({
      r1: ['OPTIONS'],
      a1: ['OPTIONS'],
      r2: ['INVITE'],
      a2: ['INVITE', 'ACK'],
    });
    expect(Object.fromEntries(caller.heard)).toEqual({
      r1: ['486'],
      a1: ['200'],
      r2: ['180', '486'],
      a2: ['180', '200'],
    });
    expectNothingLeft(caller, callee);
  });
});
