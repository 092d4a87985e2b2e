import { Consensus } from './consensus.ts';
import type { Draft } from './draft.ts';
import type { Drafts } from './drafts.ts';
import type { Ledger } from './ledger.ts';
import type { Party } from './party.ts';
import type { Place } from './place.ts';

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

  constructor(ledger: Ledger, drafts: Drafts) {
    this.ledger = ledger;
    this.drafts = drafts;
  }

  /** Says what `SIP/name` or `PJSIP/name` stands for from now on. */
  enter(technology: Party['technology'], name: string, draft: Draft, context: Party['context']): void {
    this.parties.push({ technology, name, draft, context });
  }

  party(technology: Party['technology'], name: string): Party | undefined {
    return this.parties.find((party) => party.technology === technology && party.name === name);
  }

  /** A name for a trunk that no trunk has: nobody outside sees it. */
  trunkName(name: string): string {
    const plain = name.replaceAll(/[^A-Za-z0-9._+-]/g, '-').slice(0, 56);
    for (let number = 1; ; number++) {
      const free = number === 1 ? plain : `${plain}-${number}`;
      if (!this.drafts.get('Trunk', free)) return free;
    }
  }
}
