import { configurationPrefix, type StoredConfiguration, storedSources } from '@tandem/platform';
import {
  type Kind,
  kinds,
  nearestHint,
  type ReadDocuments,
  readDocuments,
  type Source,
} from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { Argument, InvalidArgumentError, Option } from 'commander';
import { resourceUnknown } from '../faults.ts';

/** What a user picked of what is stored. */
export interface Selection {
  readonly kind: Kind;
  readonly name?: string | undefined;
  readonly tenant?: string | undefined;
}

export const kindArgument: Argument = new Argument(
  '<kind>',
  `one of ${Object.keys(kinds).join(', ')}`,
).argParser(parseKind);

export const tenantOption: Option = new Option('--tenant <name>', 'only what belongs to this tenant');

/** In any case, and in the plural as well. */
function parseKind(text: string): Kind {
  const names = Object.keys(kinds) as Kind[];
  const wanted = text.toLowerCase();
  const found = names.find((name) => [name.toLowerCase(), `${name.toLowerCase()}s`].includes(wanted));
  if (found) return found;
  throw new InvalidArgumentError(`It is none of ${names.join(', ')}${nearestHint(text, names)}.`);
}

/** What is stored of it, by key. */
export function select(stored: StoredConfiguration, { kind, name, tenant }: Selection): Source[] {
  return storedSources(stored.entries).filter(({ path }) => {
    const [ofKind, ofTenant, ofName] = path.slice(configurationPrefix.length).split('/');
    return (
      ofKind === kind &&
      (name === undefined || name === ofName) &&
      (tenant === undefined || tenant === ofTenant)
    );
  });
}

/** What is stored of it, read and checked by itself. Throws `resource-unknown` when a name was picked in vain. */
export async function find(stored: StoredConfiguration, selection: Selection): Promise<ReadDocuments> {
  const sources = select(stored, selection);
  if (selection.name !== undefined && sources.length === 0) {
    throw new Fault(resourceUnknown, describeSelection(selection));
  }
  return readDocuments(sources, new Map());
}

/** `User acme/1001` or `User 1001`, as the user picked it. */
export function describeSelection({ kind, name, tenant }: Selection): string {
  return `${kind} ${[tenant, name].filter((part) => part !== undefined).join('/')}`;
}
