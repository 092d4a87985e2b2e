import { type ConfigurationStore, configurationContended } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { argumentInvalid, resourceUnknown } from '../faults.ts';
import { problemsAfter, type Step } from './change.ts';
import { describeSelection, type Selection, select } from './selection.ts';

/** What removing came to: what was done, or who still needs it. */
export type Removal = { readonly step: Step } | { readonly problems: readonly string[] };

/** Removes one resource, unless another one refers to it. */
export async function remove(store: ConfigurationStore, selection: Selection): Promise<Removal> {
  const stored = await store.read();
  const [found, ...others] = select(stored, selection);
  const wanted = describeSelection(selection);
  if (!found) throw new Fault(resourceUnknown, wanted);
  if (others.length > 0)
    throw new Fault(argumentInvalid, `${wanted}: several tenants have one, say --tenant`);
  const step: Step = { what: 'deleted', key: found.path };
  // What was wrong before is no reason to keep it.
  const before = new Set(await problemsAfter([], [], stored));
  const problems = (await problemsAfter([step], [], stored)).filter((problem) => !before.has(problem));
  if (problems.length > 0) return { problems };
  if ((await store.write(stored, [step])) > 0) return { step };
  throw new Fault(configurationContended, `${wanted} was not deleted`);
}
