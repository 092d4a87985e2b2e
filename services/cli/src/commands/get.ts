import {
  type DeckResource,
  type DestinationSpec,
  formatProblem,
  type Kind,
  type NumberResource,
  type ReadDocuments,
  type Resource,
  type RouteResource,
  type ScheduleResource,
  type TenantResource,
  type TrunkResource,
  toYaml,
  type UserResource,
  withoutSecrets,
} from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { Command, Option } from 'commander';
import { find, kindArgument, type Selection, tenantOption } from '../configuration/selection.ts';
import { addStore, type StoreFlags, withStore } from '../configuration/with-store.ts';
import { exitCode, fail } from '../exit.ts';
import { configurationElsewhere } from '../faults.ts';
import type { TrunkRow } from '../listings.ts';
import { say, table } from '../output.ts';
import { addHttpAddress, httpAddress } from './settings-options.ts';
import { describeState, documentOf, statusOf, trunkStates } from './trunk-states.ts';

type Output = 'table' | 'yaml' | 'json';
type Options = StoreFlags & {
  readonly tenant?: string;
  readonly output: Output;
  readonly httpListen?: string;
};

/** `tandem get` */
export function getCommand(): Command {
  const command = new Command('get')
    .description('shows the configuration in etcd, without its secrets; of one trunk its conditions as well')
    .addArgument(kindArgument)
    .argument('[name]', 'only the one of this name')
    .addOption(tenantOption)
    .addOption(new Option('-o, --output <format>').choices(['table', 'yaml', 'json']).default('table'));
  return addHttpAddress(addStore(command)).action(
    async (kind: Kind, name: string | undefined, { tenant, output, httpListen, ...flags }: Options) => {
      try {
        const selection = { kind, name, tenant };
        const isTrunk = kind === 'Trunk' && name !== undefined;
        const states = isTrunk ? await trunkStates(httpAddress(httpListen), selection) : [];
        const read = await stored(flags, selection, states);
        show(kind, read, states, output);
        // What is not right is not shown: nobody knows where its secrets are.
        for (const problem of read.problems) process.stderr.write(`tandem: ${formatProblem(problem)}\n`);
        if (read.problems.length > 0) process.exitCode = exitCode.failed;
      } catch (error) {
        fail(error, exitCode.failed);
      }
    },
  );
}

/** A running system knows the conditions of its trunks also where the configuration is a folder. */
async function stored(
  flags: StoreFlags,
  selection: Selection,
  states: readonly TrunkRow[],
): Promise<ReadDocuments> {
  try {
    return await withStore(flags, async (store) => find(await store.read(), selection));
  } catch (error) {
    const isElsewhere = error instanceof Fault && error.kind === configurationElsewhere;
    if (isElsewhere && states.length > 0) return { located: [], problems: [], version: '' };
    throw error;
  }
}

function show(kind: Kind, { located }: ReadDocuments, states: readonly TrunkRow[], output: Output): void {
  if (output === 'table') {
    const rows = located.map(({ resource }) => cellsOf(resource));
    if (rows.length > 0) say(table(headings[kind], rows));
    for (const state of states) say(describeState(state));
    return;
  }
  const configured = located.map(({ resource, text }) => ({
    ...withoutSecrets(text),
    ...statusOf(states, resource),
  }));
  const documents = configured.length > 0 ? configured : states.map(documentOf);
  say(output === 'json' ? JSON.stringify(documents, undefined, 2) : toYaml(documents).trimEnd());
}

const headings: Readonly<Record<Kind, readonly string[]>> = {
  Tenant: ['name', 'domains', 'media'],
  User: ['tenant', 'name', 'aliases', 'caller id', 'enabled'],
  Trunk: ['tenant', 'name', 'contacts', 'identified by', 'trusted', 'enabled'],
  Number: ['tenant', 'name', 'aliases', 'trunk', 'destination'],
  Route: ['tenant', 'name', 'priority', 'prefix', 'pattern', 'trunks'],
  Schedule: ['tenant', 'name', 'timezone', 'holidays'],
  Deck: ['tenant', 'name', 'trunk', 'prefixes'],
};

function cellsOf(resource: Resource): string[] {
  switch (resource.kind) {
    case 'Tenant':
      return tenantCells(resource);
    case 'User':
      return userCells(resource);
    case 'Trunk':
      return trunkCells(resource);
    case 'Number':
      return numberCells(resource);
    case 'Route':
      return routeCells(resource);
    case 'Schedule':
      return scheduleCells(resource);
    case 'Deck':
      return deckCells(resource);
  }
}

function tenantCells({ metadata, spec }: TenantResource): string[] {
  const domains = [...spec.domains, ...(spec.ownAddresses ? ["(the edges' addresses)"] : [])];
  return [metadata.name, domains.join(' '), spec.media.anchor];
}

function userCells({ metadata, spec }: UserResource): string[] {
  const { tenant, name } = metadata;
  return [tenant, name, spec.aliases.join(' '), spec.callerId ?? '', yesOrNo(spec.enabled)];
}

function trunkCells({ metadata, spec }: TrunkResource): string[] {
  const { tenant, name } = metadata;
  const { certificates, sources, line } = spec.identify;
  const proofs = [...certificates, ...sources.map(({ text }) => text), ...(line ? [`line ${line}`] : [])];
  const { trusted } = spec.endpoint;
  return [tenant, name, spec.contacts.join(' '), proofs.join(' '), yesOrNo(trusted), yesOrNo(spec.enabled)];
}

function numberCells({ metadata, spec }: NumberResource): string[] {
  const { tenant, name } = metadata;
  return [tenant, name, spec.aliases.join(' '), spec.trunk ?? '', destinationOf(spec.destination)];
}

function routeCells({ metadata, spec }: RouteResource): string[] {
  const { tenant, name } = metadata;
  const { prefix = '', pattern } = spec.match;
  return [tenant, name, String(spec.priority), prefix, pattern?.source ?? '', spec.trunks.join(', ')];
}

/** Rules may lead elsewhere. */
function destinationOf({ user, uri, trunk }: DestinationSpec): string {
  if (user !== undefined) return `user ${user}`;
  return trunk === undefined ? uri! : `trunk ${trunk}`;
}

function scheduleCells({ metadata, spec }: ScheduleResource): string[] {
  return [metadata.tenant, metadata.name, spec.timezone, String(spec.holidays.length)];
}

function deckCells({ metadata, spec }: DeckResource): string[] {
  return [metadata.tenant, metadata.name, spec.trunk, String(spec.prices.size)];
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
