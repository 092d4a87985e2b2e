import {
  configurationKey,
  configurationPrefix,
  type StoredConfiguration,
  storedSources,
} from '@tandem/platform';
import { findProblems, formatProblem, type ReadDocuments, type Source } from '@tandem/resource';

/** What becomes of one resource. */
export interface Step {
  readonly what: 'created' | 'changed' | 'unchanged' | 'deleted';
  readonly key: string;
  readonly value?: string;
}

/** `created User/acme/1001` */
export function describeStep({ what, key }: Step): string {
  return `${what} ${key.slice(configurationPrefix.length)}`;
}

/** What applying these documents does to what is stored, in an order in which nothing refers to what is to come. */
export function stepsOf({ located }: ReadDocuments, stored: StoredConfiguration): Step[] {
  const steps = located.map(({ resource, text }): Step => {
    const key = configurationKey(resource);
    const value = withoutMarker(text);
    const before = stored.entries.get(key)?.value;
    const what = before === undefined ? 'created' : before === value ? 'unchanged' : 'changed';
    return { what, key, value };
  });
  return steps.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** Like {@link stepsOf}, and what is stored besides is deleted, tenants last. */
export function stepsToExactly(read: ReadDocuments, stored: StoredConfiguration): Step[] {
  const steps = stepsOf(read, stored);
  const wanted = new Set(steps.map(({ key }) => key));
  const others = [...stored.entries.keys()].filter((key) => !wanted.has(key));
  const deletions = others.map((key): Step => ({ what: 'deleted', key }));
  return [...steps, ...deletions.sort((a, b) => (rank(a) < rank(b) ? 1 : -1))];
}

/** All that would be wrong with these sources in place of what is stored under the keys of the steps. */
export async function problemsAfter(
  steps: readonly Step[],
  sources: readonly Source[],
  stored: StoredConfiguration,
): Promise<string[]> {
  const replaced = new Set(steps.map(({ key }) => key));
  const kept = storedSources(stored.entries).filter(({ path }) => !replaced.has(path));
  return (await findProblems([...sources, ...kept])).map(formatProblem);
}

/** Tenants first, on which everything depends. */
function rank({ key }: Step): string {
  return `${key.startsWith(`${configurationPrefix}Tenant/`) ? 0 : 1}${key}`;
}

/** A document without the line that begins it in a stream. */
function withoutMarker(text: string): string {
  return text.replace(/^---[ \t]*\r?\n/, '');
}
