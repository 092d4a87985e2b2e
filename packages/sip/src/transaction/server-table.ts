import { parseMessage } from '../message/parse.ts';
import type { SipRequest } from '../message/request.ts';
import { respond } from '../message/respond.ts';
import { SipResponse } from '../message/response.ts';
import type { TimerWheel } from '../timer/wheel.ts';
import type { EndCause, ServerEffects } from './effect.ts';
import type { ServerInput } from './input.ts';
import { inviteServer, stepInviteServer } from './invite-server.ts';
import { isLegacy, legacyKey, serverKey } from './key.ts';
import type { Flow, ServerListener } from './listener.ts';
import { nonInviteServer, stepNonInviteServer } from './non-invite-server.ts';
import { ServerEntry, type ServerMachine, type ServerTransaction } from './server-transaction.ts';
import { ShardedMap } from './sharded-map.ts';
import { TransactionTable } from './table.ts';
import type { TimerName } from './timers.ts';

const start: ServerInput = { on: 'start' };
const retransmission: ServerInput = { on: 'retransmission' };
const discard: ServerInput = { on: 'discard' };

/** The server transactions by key, and what their machines ask for. */
export class ServerTable<F extends Flow, S extends object> extends TransactionTable<F, ServerMachine> {
  /** Requests that had come before. */
  repeated = 0;
  readonly #entries = new ShardedMap<ServerEntry<F, S>>();
  readonly #listener: ServerListener<F, S>;

  constructor(wheel: TimerWheel, listener: ServerListener<F, S>) {
    const tallies = {
      'invite-server': { active: 0, completed: 0 },
      'non-invite-server': { active: 0, completed: 0 },
    };
    super(tallies, wheel, listener);
    this.#listener = listener;
  }

  /**
   * Takes a request other than ACK; false when it is new and the table is full. A CANCEL that matches is taken even
   * then: it makes room.
   */
  receive(request: SipRequest, flow: F, now: number, full: boolean): boolean {
    const key = serverKey(request);
    const entry = this.#entries.get(key);
    if (entry) {
      this.repeated++;
      this.#step(entry, retransmission, now);
    } else if (full && !this.#inviteOf(request)) return false;
    else this.#begin(request, flow, key, now);
    return true;
  }

  acknowledge(request: SipRequest, flow: F, now: number): void {
    const entry = this.#acknowledged(request);
    if (entry) this.#step(entry, { on: 'ack', request }, now);
    else this.#deliverAck(request, flow, now);
  }

  respond(tx: ServerTransaction<F, S>, text: string, now: number): void {
    this.#step(tx.entry, answer(text), now);
  }

  respondOnce(tx: ServerTransaction<F, S>, text: string, now: number): void {
    this.send(text, tx.flow);
    this.discard(tx, now);
  }

  discard(tx: ServerTransaction<F, S>, now: number): void {
    this.#step(tx.entry, discard, now);
  }

  fired(entry: ServerEntry<F, S>, timer: TimerName, now: number): void {
    this.#step(entry, { on: 'timer', timer }, now);
  }

  #begin(request: SipRequest, flow: F, key: string, now: number): void {
    const isInvite = request.method === 'INVITE';
    const machine = isInvite ? inviteServer(flow.reliable) : nonInviteServer(flow.reliable);
    const entry = new ServerEntry<F, S>(request, flow, key, machine, this);
    this.#entries.set(key, entry);
    this.enter(entry);
    this.#step(entry, start, now);
  }

  /** RFC 3261 §9.2: the INVITE that a CANCEL matches. */
  #inviteOf(request: SipRequest): ServerEntry<F, S> | undefined {
    return request.method === 'CANCEL' ? this.#entries.get(serverKey(request, 'INVITE')) : undefined;
  }

  /** §17.2.3 */
  #acknowledged(ack: SipRequest): ServerEntry<F, S> | undefined {
    if (!isLegacy(ack)) return this.#entries.get(serverKey(ack, 'INVITE'));
    // RFC 2543: To has the tag of the response, while the INVITE may have had none.
    const initial = legacyKey(ack, 'INVITE', undefined);
    const entry = this.#entries.get(initial) ?? this.#entries.get(serverKey(ack, 'INVITE'));
    const isOther =
      entry?.machine.state === 'completed' && toTagOf(entry.machine.text) !== ack.to.params.get('tag');
    return isOther ? undefined : entry;
  }

  #step(entry: ServerEntry<F, S>, input: ServerInput, now: number): void {
    const { machine } = entry;
    const isInvite = machine.kind === 'invite-server';
    const effects = isInvite ? stepInviteServer(machine, input) : stepNonInviteServer(machine, input);
    this.#apply(entry, effects, input, now);
  }

  #apply(entry: ServerEntry<F, S>, effects: ServerEffects, input: ServerInput, now: number): void {
    for (const effect of effects) {
      switch (effect.do) {
        case 'arm':
          this.arm(entry, effect.timer, now + effect.after);
          break;
        case 'disarm':
          this.disarm(entry, effect.timer);
          break;
        case 'end':
          this.#end(entry, effect.cause, now);
          break;
        case 'forward':
          if ('text' in input) this.send(input.text, entry.flow);
          break;
        case 'send':
          this.send(entry.machine.text, entry.flow);
          break;
        case 'trying':
          if (entry.tx) this.respond(entry.tx, respond(entry.tx.request, 100), now);
          break;
        case 'deliver':
          if (input.on === 'ack') this.#deliverAck(input.request, entry.flow, now);
          else if (entry.tx) this.#deliver(entry.tx, now);
          break;
      }
    }
  }

  #end(entry: ServerEntry<F, S>, cause: EndCause, now: number): void {
    this.#entries.delete(entry.key);
    this.leave(entry);
    if (cause === 'done' || !entry.tx) return;
    try {
      this.#listener.expired(entry.tx, now);
    } catch (error) {
      this.#listener.error(error);
    }
  }

  #deliver(tx: ServerTransaction<F, S>, now: number): void {
    const invite = this.#inviteOf(tx.request);
    try {
      if (!invite) this.#listener.request(tx, now);
      else this.#listener.cancel(tx, invite.machine.state === 'proceeding' ? invite.tx : undefined, now);
    } catch (error) {
      // Nobody would ever answer it.
      this.discard(tx, now);
      this.#listener.error(error);
    }
  }

  #deliverAck(request: SipRequest, flow: F, now: number): void {
    try {
      this.#listener.ack(request, flow, now);
    } catch (error) {
      this.#listener.error(error);
    }
  }
}

/** What a response is to the machine, by the class of its status code. */
function answer(text: string): ServerInput {
  const hundreds = text.charCodeAt(8) - 48;
  if (!text.startsWith('SIP/2.0 ') || !(hundreds >= 1 && hundreds <= 6)) throw new Error('not a response');
  if (hundreds === 1) return { on: text.startsWith('100 ', 8) ? 'trying' : 'provisional', text };
  return { on: hundreds === 2 ? 'success' : 'failure', text };
}

function toTagOf(response: string): string | undefined {
  const message = parseMessage(response);
  return message instanceof SipResponse ? message.to.params.get('tag') : undefined;
}
