import { Command, Option } from 'commander';
import { readListing } from '../client.ts';
import type { NodeRow } from '../cluster/nodes.ts';
import { exitCode, fail } from '../exit.ts';
import type { RegistrationRow, TrunkRow } from '../listings.ts';
import { say, table } from '../output.ts';
import { addHttpAddress, httpAddress } from './settings-options.ts';
import { causesIn } from './trunk-states.ts';

/** `tandem registrations` */
export function registrationsCommand(): Command {
  return listCommand<RegistrationRow>('registrations', 'which phones are registered', {
    tenant: ({ tenant }) => tenant,
    user: ({ user }) => user,
    contact: ({ contact }) => contact,
    transport: ({ transport }) => transport,
    source: ({ source }) => source,
    edge: ({ edge }) => edge,
    region: ({ region }) => region,
    q: ({ q }) => String(q),
    answers: answersOf,
    'expires in': ({ expiresIn }) => `${expiresIn} s`,
    agent: ({ userAgent }) => userAgent,
  });
}

/** `tandem trunks` */
export function trunksCommand(): Command {
  return listCommand<TrunkRow>('trunks', 'which trunks there are, and which parts of them are not ready', {
    tenant: ({ tenant }) => tenant,
    trunk: ({ trunk }) => trunk,
    owner: ({ owner }) => owner,
    state: ({ conditions }) => stateIn(conditions, 'Ready'),
    registered: ({ conditions }) => stateIn(conditions, 'Registered'),
    inbound: ({ conditions }) => stateIn(conditions, 'InboundVerified'),
    contacts: ({ conditions }) => stateIn(conditions, 'Contacts'),
    'not ready': ({ conditions }) =>
      causesIn(conditions)
        .map(({ reason, detail, object }) => `${object}: ${reason}: ${detail}`)
        .join(' | '),
  });
}

/** `tandem nodes` */
export function nodesCommand(): Command {
  return listCommand<NodeRow>('nodes', 'which nodes are in the cluster', {
    tier: ({ tier }) => tier,
    node: ({ id }) => id,
    state: ({ state }) => state,
    load: ({ load }) => String(load),
    busy: ({ occupancy }) => (occupancy === undefined ? '' : `${Math.round(occupancy * 100)} %`),
    weight: ({ weight }) => String(weight),
    up: ({ up }) => `${up} s`,
    release: ({ release }) => release,
    configuration: ({ configuration }) => configuration.slice(0, 12),
    addresses: ({ addresses }) =>
      Object.entries(addresses)
        .map((pair) => pair.join(' '))
        .join(', '),
  });
}

type Columns<Row> = Readonly<Record<string, (row: Row) => string>>;

/** A command that lists what the running system says of the whole cluster. */
export function listCommand<Row>(
  name: 'registrations' | 'calls' | 'nodes' | 'bans' | 'trunks',
  description: string,
  columns: Columns<Row>,
): Command {
  const command = new Command(name).description(description);
  command.addOption(new Option('-o, --output <format>').choices(['table', 'json']).default('table'));
  addHttpAddress(command);
  return command.action(async ({ output, httpListen }: { output: string; httpListen?: string }) => {
    try {
      const rows = await readListing<Row>(httpAddress(httpListen), `/v1/${name}`);
      say(output === 'json' ? JSON.stringify(rows, undefined, 2) : asTable(columns, rows));
    } catch (error) {
      fail(error, exitCode.failed);
    }
  });
}

function asTable<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const cells = rows.map((row) => Object.values(columns).map((cell) => cell(row)));
  return table(Object.keys(columns), cells);
}

/** Of a phone that is asked whether it is there. */
function answersOf({ latency, silentFor }: RegistrationRow): string {
  if (silentFor !== undefined) return `silent for ${silentFor} s`;
  return latency === undefined ? '-' : `${latency} ms`;
}

/** The state of one part of a trunk, in one word. */
function stateIn(conditions: TrunkRow['conditions'], type: string): string {
  const found = conditions.find((each) => each.type === type);
  return found ? found.reason : '-';
}
