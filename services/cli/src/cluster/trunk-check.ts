import type { trunk as contract } from '@tandem/contract';
import type { Bus, TrunkStore } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { askForCheck, readState, type TrunkState } from '@tandem/trunk';
import { argumentInvalid, trunkUnowned } from '../faults.ts';

/** What was found of each part of a trunk. */
export interface TrunkCheck {
  readonly tenant: string;
  readonly trunk: string;
  /** The node that has looked. */
  readonly node: string;
  readonly steps: readonly contract.Step[];
}

interface Backings {
  readonly bus: Bus;
  readonly region: string;
  readonly trunks: TrunkStore;
}

/** Has the `trunk` of a query, and of its `tenant` if that is said, looked at. Rejects with a Fault when nobody looks after it. */
export async function checkTrunk(backings: Backings, query: URLSearchParams): Promise<TrunkCheck> {
  const name = query.get('trunk') ?? '';
  const { owner, tenant, trunk } = await find(backings.trunks, name, query.get('tenant') ?? '');
  const steps = await ask(backings, owner, { tenant, trunk });
  if (steps.length === 0) throw new Fault(trunkUnowned, `${tenant}/${trunk}: ${owner} has it no more`);
  return { tenant, trunk, node: owner, steps };
}

async function ask(backings: Backings, owner: string, check: contract.Check): Promise<contract.Step[]> {
  try {
    return await askForCheck(backings, owner, check);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    throw new Fault(trunkUnowned, `${check.tenant}/${check.trunk}: ${owner}: ${cause.message}`, { cause });
  }
}

async function find(store: TrunkStore, name: string, tenant: string): Promise<TrunkState> {
  const found: TrunkState[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list(cursor);
    const states = page.states.map(readState).filter((state) => state !== undefined);
    found.push(...states.filter((state) => state.trunk === name && ['', state.tenant].includes(tenant)));
    ({ cursor } = page);
  } while (cursor !== undefined);
  const [state] = found;
  const tenants = new Set(found.map((each) => each.tenant));
  if (!state) throw new Fault(trunkUnowned, tenant === '' ? name : `${tenant}/${name}`);
  if (tenants.size > 1)
    throw new Fault(argumentInvalid, `${name} is a trunk of ${[...tenants].join(' and ')}: say --tenant`);
  return state;
}
