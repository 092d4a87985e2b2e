import type { Binding, BindingFlow } from './binding.ts';

/** What a REGISTER asks for, after it has been checked by itself. */
export interface RegistrationChange {
  readonly callId: string;
  readonly cseq: number;
  /** `all` removes every binding: `Contact: *`. */
  readonly contacts: readonly ContactChange[] | 'all';
  readonly path: readonly string[];
  readonly flow: BindingFlow;
  readonly userAgent: string;
  /** How many bindings the address of record may have. */
  readonly maxContacts: number;
  /** What happens to a contact too many: the change is refused, or the oldest contact goes. */
  readonly policy: 'reject' | 'replace';
  /** It may have been carried out before, by a router that did not answer: its own CSeq does not count against it. */
  readonly repeated?: boolean;
}

/** What a REGISTER asks for one contact. */
export interface ContactChange extends Pick<Binding, 'contact' | 'q' | 'instance' | 'regId' | 'keepAlive'> {
  /** In seconds; 0 removes the binding. */
  readonly expires: number;
}

/** What became of a binding. */
export interface BindingChange {
  readonly change: 'registered' | 'refreshed' | 'unregistered' | 'expired';
  readonly binding: Binding;
}
