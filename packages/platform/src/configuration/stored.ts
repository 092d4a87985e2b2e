import { type Resource, resourcePath, type Source } from '@tandem/resource';
import type { Entry } from '../etcd/store.ts';

/** Where etcd has the configuration: `kind/tenant/name` below, each a document as it was applied. */
export const configurationPrefix = '/tandem/config/';

/** Written with every change that Tandem makes: removals do not show in what is left. */
export const guardKey = '/tandem/configuration';

/** The key of a resource. */
export function configurationKey(resource: Resource): string {
  return configurationPrefix + resourcePath(resource);
}

/** What is stored as texts to be checked, in the same order everywhere. */
export function storedSources(entries: ReadonlyMap<string, Pick<Entry, 'value'>>): Source[] {
  return Array.from(entries, ([path, { value }]) => ({
    path,
    text: value,
    holds: path.slice(configurationPrefix.length),
  })).sort((a, b) => (a.path < b.path ? -1 : 1));
}
