import type { Draft } from './draft.ts';
import type { Ledger } from './ledger.ts';
import type { Place } from './place.ts';

interface Voice {
  readonly value: unknown;
  readonly place: Place;
}

/** Collects what users say of things that the tenant says here: it does when all of them say the same. */
export class Consensus {
  readonly #voices = new Map<string, Voice[]>();

  say(field: string, value: unknown, place: Place): void {
    const voices = this.#voices.get(field) ?? [];
    this.#voices.set(field, voices);
    voices.push({ value, place });
  }

  /** `users` is how many there are. */
  conclude(tenant: Draft, users: number, ledger: Ledger): void {
    for (const [field, voices] of this.#voices) {
      const [first] = voices;
      const agreed = voices.length === users && voices.every(({ value }) => value === first?.value);
      if (agreed) tenant.set(field, first!.value, ...voices.map(({ place }) => place));
      for (const { place } of voices) {
        if (agreed) ledger.carried(place);
        else
          ledger.left(place, `is for the tenant to say here (spec.${field}), and not all users say the same`);
      }
    }
  }
}
