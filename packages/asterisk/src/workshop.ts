import { Consensus } from './consensus.ts';
import type { Draft } from './draft.ts';
import type { Drafts } from './drafts.ts';
import type { Ledger } from './ledger.ts';
import type { Party } from './party.ts';
import type { Place } from './place.ts';
import { Schedules } from './schedules.ts';

/** A password that is known as a hash only, which holds for one realm. */
export interface Hashed {
  readonly realm: string;
  readonly user: string;
  readonly place: Place;
}

/** Where resources are made out of sections. */
export class Workshop {
  readonly ledger: Ledger;
  readonly drafts: Drafts;
  readonly parties: Party[] = [];
  readonly consensus: Consensus = new Consensus();
  readonly hashes: Hashed[] = [];
  /** Domains that the configuration names, with the lines. */
  readonly domains: { readonly name: string; readonly place: Place }[] = [];

  readonly schedules: Schedules;

  /** `timezone` is that of the exchange. */
  constructor(ledger: Ledger, drafts: Drafts, timezone: string) {
    this.ledger = ledger;
    this.drafts = drafts;
    this.schedules = new Schedules(drafts, timezone);
  }

  /** Says what `SIP/name` or `PJSIP/name` stands for from now on. */
  enter(technology: Party['technology'], name: string, draft: Draft, context: Party['context']): void {
    this.parties.push({ technology, name, draft, context });
  }

  party(technology: Party['technology'], name: string): Party | undefined {
    return this.parties.find((party) => party.technology === technology && party.name === name);
  }
}
