import type { HostPort } from '@tandem/platform';
import type { Resource } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { readListing } from '../client.ts';
import type { Selection } from '../configuration/selection.ts';
import { systemUnreachable } from '../faults.ts';
import type { TrunkRow } from '../listings.ts';
import { table } from '../output.ts';

/** What the running system knows of the trunks of a name; none, and a word of that, where no system runs. */
export async function trunkStates(
  address: HostPort,
  { name, tenant }: Selection,
): Promise<readonly TrunkRow[]> {
  try {
    const rows = await readListing<TrunkRow>(address, '/v1/trunks');
    return rows.filter((row) => row.trunk === name && (tenant ?? row.tenant) === row.tenant);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== systemUnreachable) throw error;
    process.stderr.write(`tandem: nothing is known of its conditions: ${error.message}\n`);
    return [];
  }
}

/** The status of a resource as a part of its document; nothing of one that is no trunk, or that nobody looks after. */
export function statusOf(states: readonly TrunkRow[], { kind, metadata }: Resource): object {
  const isIt = ({ tenant, trunk }: TrunkRow): boolean =>
    kind === 'Trunk' && trunk === metadata.name && tenant === metadata.tenant;
  const state = states.find(isIt);
  return state ? { status: { owner: state.owner, conditions: state.conditions } } : {};
}

/** A trunk whose configuration is elsewhere. */
export function documentOf({ conditions, owner, tenant, trunk }: TrunkRow): object {
  return { kind: 'Trunk', metadata: { tenant, name: trunk }, status: { owner, conditions } };
}

/** What has to be looked at: parts that hang on another one are named by that. */
export function causesIn(conditions: TrunkRow['conditions']): TrunkRow['conditions'] {
  const wrong = conditions.filter(({ status, type }) => status === 'false' && type !== 'Ready');
  return wrong.filter(({ object }, index) => wrong.findIndex((each) => each.object === object) === index);
}

/** The conditions of a trunk, one to a line, and what to do where one is not as it should be. */
export function describeState({ conditions, owner, tenant, trunk }: TrunkRow): string {
  const rows = conditions.map(({ detail, layer = '', reason, since, status, type }) => [
    ...[type, status, since === undefined ? '' : new Date(since).toISOString(), layer, reason, detail],
  ]);
  const hints = causesIn(conditions).map(({ goodAt, hint = '', object, type }) => {
    const good = goodAt === undefined ? 'never was' : `was at ${new Date(goodAt).toISOString()}`;
    return `${type} is not well, and ${good}; look at ${object}. ${hint}`.trimEnd();
  });
  const head = `${tenant}/${trunk}, looked after by ${owner}`;
  return [head, table(['part', 'ready', 'since', 'layer', 'reason', 'detail'], rows), ...hints].join('\n');
}
