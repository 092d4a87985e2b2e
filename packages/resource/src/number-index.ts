import { toE164 } from './e164.ts';
import type { InboundNumber } from './snapshot.ts';

/** Finds the inbound numbers of tenants by name, by alias, and by what these are in E.164. */
export class NumberIndex {
  readonly #spellings = new Map<string, Map<string, InboundNumber>>();
  readonly #e164 = new Map<string, Map<string, InboundNumber>>();

  constructor(numbers: Iterable<InboundNumber>) {
    for (const number of numbers) {
      for (const spelling of [number.name, ...number.aliases]) this.#enter(number, spelling);
    }
  }

  #enter(number: InboundNumber, spelling: string): void {
    const { dialPlan, name: tenant } = number.tenant;
    within(this.#spellings, tenant).set(spelling, number);
    const e164 = toE164(dialPlan, spelling);
    if (e164) within(this.#e164, tenant).set(e164.number, number);
  }

  find(tenant: string, spelling: string): InboundNumber | undefined {
    return this.#spellings.get(tenant)?.get(spelling) ?? this.#e164.get(tenant)?.get(spelling);
  }

  /** All spellings that are written in the configuration. */
  spellings(tenant: string): Iterable<string> {
    return this.#spellings.get(tenant)?.keys() ?? [];
  }
}

function within(all: Map<string, Map<string, InboundNumber>>, tenant: string): Map<string, InboundNumber> {
  const own = all.get(tenant) ?? new Map<string, InboundNumber>();
  all.set(tenant, own);
  return own;
}
