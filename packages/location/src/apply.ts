import { Fault, sameUri } from '@tandem/sip';
import type { Binding } from './binding.ts';
import type { BindingChange, ContactChange, RegistrationChange } from './change.ts';
import { contactsExceeded, registrationOutOfOrder } from './faults.ts';
import { isSameFlow } from './probe.ts';

/** Flows of one instance: phones have one for each edge that they know of, most often two. */
const maxFlows = 4;

/** The whole resulting set, or why nothing was changed. */
export type Registration =
  | {
      readonly bindings: readonly Binding[];
      readonly changes: readonly BindingChange[];
      readonly refusal?: never;
    }
  | { readonly bindings?: never; readonly changes?: never; readonly refusal: Fault };

/**
 * The registrar's rule (RFC 3261 §10.3, RFC 5626 §6): what a set of bindings becomes. All or nothing: either every
 * contact of the change takes effect or none. A store has to make reading, this and writing one step.
 */
export function applyRegistration(
  stored: readonly Binding[],
  change: RegistrationChange,
  now: number,
): Registration {
  const live = stored.filter((binding) => binding.expiresAt > now);
  const expired = stored.filter((binding) => binding.expiresAt <= now);
  const update = new Update(live, change, now);
  const refusal = change.contacts === 'all' ? update.removeAll() : update.applyAll(change.contacts);
  if (refusal) return { refusal };
  const gone = expired.map((binding): BindingChange => ({ change: 'expired', binding }));
  return { bindings: update.bindings, changes: [...gone, ...update.changes] };
}

/** One REGISTER at work on a set of bindings. */
class Update {
  bindings: Binding[];
  readonly changes: BindingChange[] = [];
  readonly #stored: readonly Binding[];
  readonly #change: RegistrationChange;
  readonly #now: number;

  constructor(live: Binding[], change: RegistrationChange, now: number) {
    this.bindings = live;
    this.#stored = live;
    this.#change = change;
    this.#now = now;
  }

  removeAll(): Fault | undefined {
    const late = this.bindings.find((binding) => this.#isLate(binding));
    if (late) return this.#outOfOrder(late);
    for (const binding of this.bindings) this.changes.push({ change: 'unregistered', binding });
    this.bindings = [];
    return undefined;
  }

  applyAll(contacts: readonly ContactChange[]): Fault | undefined {
    for (const contact of contacts) {
      const refusal = this.#apply(contact);
      if (refusal) return refusal;
    }
    return this.#limit();
  }

  #apply(contact: ContactChange): Fault | undefined {
    const existing = this.bindings.find((binding) => isSameContact(binding, contact));
    if (existing && this.#isLate(existing)) return this.#outOfOrder(existing);
    const others = this.bindings.filter((binding) => binding !== existing);
    if (contact.expires > 0) {
      const binding = this.#bind(contact, existing);
      this.bindings = [...others, binding];
      this.changes.push({ change: existing ? 'refreshed' : 'registered', binding });
    } else if (existing) {
      this.bindings = others;
      this.changes.push({ change: 'unregistered', binding: existing });
    }
    return undefined;
  }

  /** RFC 3261 §10.3 step 7: within a Call-ID only a higher CSeq changes a binding. */
  #isLate(binding: Binding): boolean {
    const { callId, cseq, repeated } = this.#change;
    const lowest = repeated ? cseq + 1 : cseq;
    return this.#stored.includes(binding) && binding.callId === callId && binding.cseq >= lowest;
  }

  #outOfOrder(binding: Binding): Fault {
    const detail = `${binding.contact} has CSeq ${binding.cseq}, the request ${this.#change.cseq}`;
    return new Fault(registrationOutOfOrder, detail);
  }

  #bind({ expires, ...contact }: ContactChange, existing: Binding | undefined): Binding {
    const { callId, cseq, path, flow, userAgent } = this.#change;
    const expiresAt = this.#now + expires * 1_000;
    const registeredAt = existing?.registeredAt ?? this.#now;
    const binding = { ...contact, expiresAt, callId, cseq, path, flow, userAgent };
    // Whoever registers is there, and as far away as before.
    const latency = existing && isSameFlow(existing.flow, flow) ? existing.latency : undefined;
    return { ...binding, ...(latency !== undefined && { latency }), registeredAt, updatedAt: this.#now };
  }

  /** A lowered limit does not hinder a refresh: only a contact that was added can be one too many. */
  #limit(): Fault | undefined {
    if (!this.changes.some(({ change }) => change === 'registered')) return undefined;
    this.#limitFlows();
    const { maxContacts, policy } = this.#change;
    const phones = phonesOf(this.bindings);
    const excess = phones.length - maxContacts;
    if (excess <= 0) return undefined;
    const replaceable = phones.filter((flows) => flows.every((binding) => this.#stored.includes(binding)));
    if (policy === 'reject' || replaceable.length < excess) {
      return new Fault(contactsExceeded, `${phones.length} contacts, ${maxContacts} allowed`);
    }
    const oldest = replaceable.sort((a, b) => latest(a) - latest(b)).slice(0, excess);
    this.#drop(oldest.flat());
    return undefined;
  }

  /** A phone that never uses a reg-id again would leave flows behind with each start. */
  #limitFlows(): void {
    for (const flows of phonesOf(this.bindings)) {
      const byAge = flows.toSorted((a, b) => a.updatedAt - b.updatedAt);
      this.#drop(byAge.slice(0, Math.max(0, flows.length - maxFlows)));
    }
  }

  #drop(gone: readonly Binding[]): void {
    this.bindings = this.bindings.filter((binding) => !gone.includes(binding));
    for (const binding of gone) this.changes.push({ change: 'unregistered', binding });
  }
}

/** The flows of each phone: an instance may have several (RFC 5626 §4.2), anything else is a contact by itself. */
function phonesOf(bindings: readonly Binding[]): Binding[][] {
  const phones = new Map<string, Binding[]>();
  for (const binding of bindings) {
    const key = binding.regId === undefined ? binding.contact : `instance ${binding.instance}`;
    const flows = phones.get(key) ?? [];
    phones.set(key, flows);
    flows.push(binding);
  }
  return [...phones.values()];
}

function latest(flows: readonly Binding[]): number {
  return Math.max(...flows.map(({ updatedAt }) => updatedAt));
}

/** RFC 5626 §6: with reg-id the instance and the flow number are the key; else the URI (RFC 3261 §10.3). */
function isSameContact(binding: Binding, contact: ContactChange): boolean {
  if (contact.instance !== undefined && contact.regId !== undefined) {
    return binding.instance === contact.instance && binding.regId === contact.regId;
  }
  if (binding.regId !== undefined) return false;
  return binding.contact === contact.contact || sameUri(binding.contact, contact.contact);
}
