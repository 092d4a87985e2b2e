import type { Kind } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { readConfiguration } from './configuration.ts';
import { readDialplan } from './dialplan.ts';
import type { Draft } from './draft.ts';
import { Drafts } from './drafts.ts';
import { importUnreadable } from './faults.ts';
import type { Folder } from './folder.ts';
import { type Entry, Ledger } from './ledger.ts';
import { readPjsip } from './pjsip.ts';
import { readRouting } from './routing.ts';
import { readSip } from './sip.ts';
import { Workshop } from './workshop.ts';

/** What is asked for besides what the files say. */
export interface ImportOptions {
  /** The name of the tenant that everything belongs to. */
  readonly tenant: string;
  /** Domains of the tenant besides those that the files name. */
  readonly domains: readonly string[];
  /** Whether phones that were told an address, as Asterisk's usually are, stay as they are. One tenant may have that. */
  readonly ownAddresses: boolean;
  /** The time zone of the exchange, by which its hours go. */
  readonly timezone: string;
}

/** What an import came to. */
export interface Import {
  /** YAML by name of file; what the loader has no problem with. It has the passwords. */
  readonly files: ReadonlyMap<string, string>;
  /** How many resources there are of each kind. */
  readonly counts: ReadonlyMap<Kind, number>;
  /** Every line that was read, and what became of it. */
  readonly entries: readonly Entry[];
  /** Files that were not read at all. */
  readonly unread: readonly string[];
}

const files: readonly (readonly [kind: Kind, name: string])[] = [
  ['Tenant', 'tenant.yaml'],
  ['Schedule', 'schedules.yaml'],
  ['User', 'users.yaml'],
  ['Trunk', 'trunks.yaml'],
  ['Number', 'numbers.yaml'],
  ['Route', 'routes.yaml'],
];
const known = ['pjsip.conf', 'sip.conf', 'extensions.conf'] as const;

/**
 * Makes resources of one tenant out of pjsip.conf, sip.conf and extensions.conf, as far as they are in the folder.
 * Rejects with `import-unreadable` when none of them is, and with `import-too-large`.
 */
export async function importAsterisk(folder: Folder, options: ImportOptions): Promise<Import> {
  if (!known.some((name) => folder.paths.includes(name))) {
    throw new Fault(importUnreadable, `there is none of ${known.join(', ')}`);
  }
  const ledger = new Ledger();
  const drafts = new Drafts(options.tenant, ledger);
  const workshop = new Workshop(ledger, drafts, options.timezone);
  const tenant = drafts.make('Tenant', options.tenant)!;
  read(folder, workshop, tenant);
  finishTenant(tenant, workshop, options);
  await drafts.refine();
  return {
    files: new Map(
      files.flatMap(([kind, name]) =>
        drafts.of(kind).length > 0 ? [[name, drafts.yaml(kind)] as const] : [],
      ),
    ),
    counts: new Map(
      files
        .map(([kind]) => [kind, drafts.of(kind).length] as const)
        .filter(([kind, count]) => kind !== 'Schedule' || count > 0),
    ),
    entries: [...ledger.entries()],
    unread: unreadOf(folder, ledger),
  };
}

function read(folder: Folder, workshop: Workshop, tenant: Draft): void {
  const sections = (name: string) => {
    if (!folder.paths.includes(name)) return [];
    return readConfiguration(folder, name, workshop.ledger);
  };
  readPjsip(sections('pjsip.conf'), workshop);
  readSip(sections('sip.conf'), workshop, tenant);
  readRouting(readDialplan(sections('extensions.conf'), workshop.ledger), workshop);
  workshop.consensus.conclude(
    tenant,
    workshop.parties.filter(({ draft }) => draft.kind === 'User').length,
    workshop.ledger,
  );
}

/** The domains, first the realm that hashes of passwords hold for. */
function finishTenant(
  tenant: Draft,
  { hashes, domains, drafts, ledger }: Workshop,
  { domains: wanted, ownAddresses }: ImportOptions,
): void {
  const [first] = hashes;
  if (first) tenant.add('domains', first.realm.toLowerCase(), first.place);
  for (const { realm, user, place } of hashes) {
    if (realm === first!.realm) continue;
    ledger.left(place, `holds for the realm ${realm}, and others for ${first!.realm}: there is one`);
    drafts.get('User', user)?.drop('spec.credentials.ha1.MD5');
  }
  for (const domain of wanted) tenant.add('domains', domain.toLowerCase());
  for (const { name, place } of domains) tenant.add('domains', name.toLowerCase(), place);
  const isNamed = tenant.get('domains') !== undefined;
  // Nothing in the files says what phones were told: most know an address, and a tenant needs either.
  if (ownAddresses || !isNamed) tenant.set('ownAddresses', true);
}

/** Files of configuration of which nothing was read. */
function unreadOf(folder: Folder, ledger: Ledger): string[] {
  const seen = new Set([...ledger.entries()].map(({ file }) => file));
  return folder.paths.filter((path) => /\.(?:conf|ael|lua)$/.test(path) && !seen.has(path));
}
