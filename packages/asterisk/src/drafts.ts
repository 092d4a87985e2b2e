import { findProblems, type Kind, toYaml } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { Draft } from './draft.ts';
import { importTooLarge } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { Place } from './place.ts';

/** What refers to others comes after them: it may be right as soon as they are. */
const kinds: readonly Kind[] = ['Tenant', 'Schedule', 'User', 'Trunk', 'Number', 'Route'];
const guards = /^spec\.(?:sources|class|classes|match|rewrite|rules|timezone|open|holidays)\b/;
/** How often what the loader refuses is taken out. */
const maxRounds = 64;

/** The resources that are being made, all of one tenant. */
export class Drafts {
  readonly #tenant: string;
  readonly #ledger: Ledger;
  readonly #drafts = new Map<string, Draft>();

  constructor(tenant: string, ledger: Ledger) {
    this.#tenant = tenant;
    this.#ledger = ledger;
  }

  /** A new resource; undefined when the name is taken. */
  make(kind: Kind, name: string, ...places: readonly Place[]): Draft | undefined {
    const key = `${kind}/${name}`;
    if (this.#drafts.has(key)) return undefined;
    const draft = new Draft(kind, name, places);
    this.#drafts.set(key, draft);
    for (const place of places) this.#ledger.carried(place);
    return draft;
  }

  get(kind: Kind, name: string): Draft | undefined {
    return this.#drafts.get(`${kind}/${name}`);
  }

  of(kind: Kind): readonly Draft[] {
    return [...this.#drafts.values()].filter((draft) => draft.kind === kind);
  }

  /** A name that no resource of a kind has, like one that is wanted. */
  freeName(kind: Kind, wanted: string): string {
    const plain = wanted.replaceAll(/[^A-Za-z0-9._+-]/g, '-').slice(0, 56);
    for (let number = 1; ; number++) {
      const free = number === 1 ? plain : `${plain}-${number}`;
      if (!this.get(kind, free)) return free;
    }
  }

  /** Takes a resource back, and says why of its lines. */
  leave(draft: Draft, reason: string): void {
    for (const place of draft.allPlaces()) this.#ledger.left(place, reason);
    this.#drafts.delete(`${draft.kind}/${draft.name}`);
  }

  /** YAML of one kind, or of all. */
  yaml(kind?: Kind): string {
    return toYaml(
      (kind === undefined ? this.#all() : this.of(kind)).map((draft) => draft.document(this.#tenant)),
    );
  }

  /**
   * Takes out whatever the loader refuses, and says so of the lines that it came from. What stays is right: the loader
   * has no problem with it. Rejects with `import-too-large` when that does not come to an end.
   */
  async refine(): Promise<void> {
    for (let round = 0; round < maxRounds; round++) {
      const problems = await findProblems([{ path: '', text: this.yaml() }]);
      if (problems.length === 0) return;
      const kindOf = (subject: string) => kinds.findIndex((kind) => subject.startsWith(`${kind}/`));
      const first = Math.min(...problems.map(({ subject }) => kindOf(subject)));
      // Fields of a list from the last one on: taking one out moves those behind it.
      for (const { subject, field, problem } of problems.toReversed()) {
        if (kindOf(subject) === first) this.#drop(subject, field, problem);
      }
    }
    throw new Fault(importTooLarge, `the loader still refused something after ${maxRounds} rounds`);
  }

  #drop(subject: string, field: string, problem: string): void {
    const draft = this.#drafts.get(subject);
    if (!draft) return;
    const reason = `${subject}${field === '' ? '' : ` ${field}`} ${problem}`;
    // Without what keeps somebody out, or makes a number another one, more or others would be called than before.
    const dropped = guards.test(field) ? undefined : draft.drop(field);
    for (const place of dropped ?? draft.allPlaces()) this.#ledger.left(place, reason);
    if (!dropped) this.#drafts.delete(subject);
  }

  #all(): readonly Draft[] {
    return [...this.#drafts.values()];
  }
}
