import { type ConfigurationStore, configurationContended } from '@tandem/platform';
import { readDocuments, type Source } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { argumentInvalid } from '../faults.ts';
import { problemsAfter, type Step, stepsOf } from './change.ts';

/** How often it is done over when somebody else was faster. */
const maxTries = 5;

/** What applying came to: what was done, or why nothing was. */
export type Application =
  | { readonly steps: readonly Step[]; readonly transactions: number }
  | { readonly problems: readonly string[] };

/**
 * Puts these documents in place of what is stored under their names, or does with what is stored what `plan` says; nothing
 * when what comes out would not fit together.
 */
export async function apply(
  store: ConfigurationStore,
  sources: readonly Source[],
  plan: typeof stepsOf = stepsOf,
): Promise<Application> {
  const read = await readDocuments(sources, new Map());
  if (read.located.length + read.problems.length === 0) {
    throw new Fault(argumentInvalid, 'there is no resource in it');
  }
  for (let tries = 0; tries < maxTries; tries++) {
    const stored = await store.read();
    const steps = plan(read, stored);
    const problems = await problemsAfter(steps, sources, stored);
    if (problems.length > 0) return { problems };
    const writes = steps.filter(({ what }) => what !== 'unchanged');
    if (writes.length === 0) return { steps, transactions: 0 };
    const transactions = await store.write(stored, writes);
    if (transactions > 0) return { steps, transactions };
  }
  throw new Fault(configurationContended, `${maxTries} times, nothing was written`);
}
