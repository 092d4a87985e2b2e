import type { SipResponse } from '../message/response.ts';
import type { TimerWheel } from '../timer/wheel.ts';
import type { Branches } from './branch.ts';
import { cancelFor } from './cancel.ts';
import { type ClientIdentity, type ClientMachine, ClientTransaction } from './client-transaction.ts';
import type { ClientEffects, EndCause } from './effect.ts';
import type { ClientInput } from './input.ts';
import { inviteClient, stepInviteClient } from './invite-client.ts';
import type { ClientListener, Flow } from './listener.ts';
import { nonInviteClient, stepNonInviteClient } from './non-invite-client.ts';
import { TransactionTable } from './table.ts';
import { type TimerName, timers } from './timers.ts';

const start: ClientInput = { on: 'start' };
const unreachable: ClientInput = { on: 'unreachable' };
const severed: ClientInput = { on: 'severed' };
const discard: ClientInput = { on: 'discard' };

/** The client transactions by the slot in their branch, and what their machines ask for. */
export class ClientTable<F extends Flow, C extends object> extends TransactionTable<F, ClientMachine> {
  readonly #slots: (ClientTransaction<F, C> | undefined)[] = [];
  readonly #generations: number[] = [];
  readonly #freeSlots: number[] = [];
  /** By branch, which a CANCEL shares with its INVITE. */
  readonly #cancels = new Map<string, ClientTransaction<F, C>>();
  /** Those that a broken connection, or an edge that is gone, concerns. */
  readonly #byFlow = new Map<Flow, Set<ClientTransaction<F, C>>>();
  readonly #branches: Branches;
  readonly #listener: ClientListener<F, C>;

  constructor(branches: Branches, wheel: TimerWheel, listener: ClientListener<F, C>) {
    const tallies = {
      'invite-client': { active: 0, completed: 0 },
      'non-invite-client': { active: 0, completed: 0 },
    };
    super(tallies, wheel, listener);
    this.#branches = branches;
    this.#listener = listener;
  }

  prepare(method: string, flow: F, user: C, suffix: string, now: number): ClientTransaction<F, C> {
    const slot = this.#freeSlots.pop() ?? this.#slots.length;
    const generation = (this.#generations[slot] ?? 0) + 1;
    const branch = this.#branches.write(slot, generation, suffix);
    this.#generations[slot] = generation;
    const tx = this.#begin({ method, branch, slot, user }, flow, '');
    this.#slots[slot] = tx;
    // One that is never sent ends by this.
    const expiry = method === 'INVITE' ? 'B' : 'F';
    this.arm(tx, expiry, now + timers[expiry].unreliable);
    return tx;
  }

  request(tx: ClientTransaction<F, C>, text: string, now: number): void {
    tx.machine.text = text;
    this.#step(tx, start, now);
  }

  cancel(tx: ClientTransaction<F, C>, reason: string | undefined, now: number): void {
    const { machine } = tx;
    if (machine.kind !== 'invite-client' || machine.text === '' || machine.cancel !== '') return;
    if (machine.state !== 'calling' && machine.state !== 'proceeding') return;
    this.#step(tx, { on: 'cancel', text: cancelFor(machine.text, reason) }, now);
  }

  /** Takes a response; false when it matches no transaction. */
  receive(response: SipResponse, now: number): boolean {
    const tx = this.#find(response);
    if (!tx) return false;
    const on = response.status < 200 ? 'provisional' : response.status < 300 ? 'success' : 'failure';
    this.#step(tx, { on, response }, now);
    return true;
  }

  unreachable(tx: ClientTransaction<F, C>, now: number): void {
    this.#step(tx, unreachable, now);
  }

  /** Whether anything sent over a connection may still be answered. */
  awaits(flow: F): boolean {
    return [...(this.#byFlow.get(flow) ?? [])].some(({ finished }) => !finished);
  }

  lost(flow: F, now: number): void {
    for (const tx of [...(this.#byFlow.get(flow) ?? [])])
      this.#step(tx, tx.flow === flow ? unreachable : severed, now);
  }

  discard(tx: ClientTransaction<F, C>, now: number): void {
    this.#step(tx, discard, now);
  }

  fired(tx: ClientTransaction<F, C>, timer: TimerName, now: number): void {
    this.#step(tx, { on: 'timer', timer }, now);
  }

  #begin(identity: ClientIdentity<C>, flow: F, text: string): ClientTransaction<F, C> {
    const isInvite = identity.method === 'INVITE';
    const machine = isInvite ? inviteClient(text, flow.reliable) : nonInviteClient(text, flow.reliable);
    const tx = new ClientTransaction<F, C>(identity, flow, machine, this);
    this.enter(tx);
    if (flow.reliable || flow.carrier) this.#index(tx);
    return tx;
  }

  /** RFC 3261 §17.1.3: the branch of the top Via, and the method in CSeq. */
  #find(response: SipResponse): ClientTransaction<F, C> | undefined {
    const branch = response.via.params.get('branch');
    if (branch === undefined) return undefined;
    const { method } = response.cseq;
    if (method === 'CANCEL') return this.#cancels.get(branch);
    const slot = this.#branches.slotOf(branch);
    const tx = slot === -1 ? undefined : this.#slots[slot];
    return tx?.branch === branch && tx.method === method ? tx : undefined;
  }

  #step(tx: ClientTransaction<F, C>, input: ClientInput, now: number): void {
    const { machine } = tx;
    const isInvite = machine.kind === 'invite-client';
    const effects = isInvite ? stepInviteClient(machine, input) : stepNonInviteClient(machine, input);
    this.#apply(tx, effects, input, now);
  }

  #apply(tx: ClientTransaction<F, C>, effects: ClientEffects, input: ClientInput, now: number): void {
    // A transaction that finishes lets go of its user.
    const { user } = tx;
    for (const effect of effects) {
      switch (effect.do) {
        case 'arm':
          this.arm(tx, effect.timer, now + effect.after);
          break;
        case 'disarm':
          this.disarm(tx, effect.timer);
          break;
        case 'end':
          this.#end(tx, effect.cause, now);
          break;
        case 'send':
          this.send(tx.machine.text, tx.flow);
          break;
        case 'cancel':
          this.#sendCancel(tx, now);
          break;
        case 'deliver':
          if ('response' in input && user) this.#deliver(user, input.response, now);
          break;
      }
    }
  }

  #sendCancel(invite: ClientTransaction<F, C>, now: number): void {
    if (invite.machine.kind !== 'invite-client') return;
    const { branch, flow } = invite;
    const tx = this.#begin(
      { method: 'CANCEL', branch, slot: -1, user: undefined },
      flow,
      invite.machine.cancel,
    );
    this.#cancels.set(branch, tx);
    this.#step(tx, start, now);
  }

  #end(tx: ClientTransaction<F, C>, cause: EndCause, now: number): void {
    this.leave(tx);
    this.#unindex(tx);
    if (tx.slot === -1) this.#cancels.delete(tx.branch);
    else {
      this.#slots[tx.slot] = undefined;
      this.#freeSlots.push(tx.slot);
    }
    if (cause === 'done' || !tx.user) return;
    try {
      this.#listener.failedTransaction(tx.user, cause, now);
    } catch (error) {
      this.#listener.error(error);
    }
  }

  #deliver(user: C, response: SipResponse, now: number): void {
    try {
      this.#listener.response(user, response, now);
    } catch (error) {
      this.#listener.error(error);
    }
  }

  #index(tx: ClientTransaction<F, C>): void {
    const flow = tx.flow.carrier ?? tx.flow;
    const known = this.#byFlow.get(flow);
    if (known) known.add(tx);
    else this.#byFlow.set(flow, new Set([tx]));
  }

  #unindex(tx: ClientTransaction<F, C>): void {
    const flow = tx.flow.carrier ?? tx.flow;
    const known = this.#byFlow.get(flow);
    if (known?.delete(tx) && known.size === 0) this.#byFlow.delete(flow);
  }
}
