import { encoded, trunk } from '@tandem/contract';
import {
  type Bus,
  digest,
  type Leases,
  type Log,
  type Membership,
  type Metrics,
  publishEvent,
  type SharedSettings,
  type Subscription,
  subjectToken,
  type TrunkStore,
  trunkSightings,
} from '@tandem/platform';
import type { Snapshot } from '@tandem/resource';
import { hmacKey } from '@tandem/sip';
import type { Condition } from './conditions.ts';
import { observeTrunks } from './observe.ts';
import type { TrunkState } from './state.ts';
import { Trunks } from './trunks.ts';
import { serveChecks } from './uses/checks.ts';
import { Edges } from './uses/edges.ts';

export type { Condition } from './conditions.ts';
export * from './faults.ts';
export { readState, type TrunkState } from './state.ts';
export { askForCheck } from './uses/checks.ts';

/** What a trunk node stands on. */
export interface TrunkBackings {
  readonly bus: Bus;
  readonly membership: Membership;
  readonly leases: Leases;
  readonly store: TrunkStore;
  /** The configuration in force. */
  readonly snapshot: () => Snapshot;
  /** The same on every node: makes the tokens in Contacts. */
  readonly lineSecret: Uint8Array;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Milliseconds between two looks at what is due. */
const tickMs = 250;

/** Looks after trunks until it is stopped. */
export function startTrunks(
  { nodeId: node, region }: Pick<SharedSettings, 'nodeId' | 'region'>,
  { bus, leases, lineSecret, log, membership, metrics, snapshot, store }: TrunkBackings,
): RunningTrunks {
  const origin = { bus, region, node };
  const trunks = new Trunks({
    ...{ node, store, leases, membership, snapshot, log },
    edges: new Edges({ bus, region, membership }),
    lineKey: hmacKey(lineSecret),
    now: Date.now,
    random: Math.random,
    changed: (state, condition) => {
      tell(log, state, condition);
      publish(origin, state, condition);
    },
    health: (state) => publishHealth(origin, log, state),
  });
  observeTrunks(metrics, () => trunks.states);
  const heard = bus.subscribe(trunkSightings(region), ({ payload }) => {
    const { tenant, trunk: name, unlisted, atMs: at, ...sighting } = trunk.Sighting.decode(payload);
    trunks.sighted({ ...sighting, trunk: `${tenant}/${name}`, isUnlisted: unlisted, at });
  });
  const asked = serveChecks(bus, region, node, log, (name) => trunks.check(name));
  const timer = setInterval(() => trunks.tick(), tickMs);
  return new RunningTrunks(trunks, timer, [heard, asked]);
}

/** A trunk node that is running. */
export class RunningTrunks {
  readonly startedMs: number = Date.now();
  readonly #trunks: Trunks;
  readonly #timer: NodeJS.Timeout;
  readonly #heard: readonly Subscription[];

  constructor(trunks: Trunks, timer: NodeJS.Timeout, heard: readonly Subscription[]) {
    this.#trunks = trunks;
    this.#timer = timer;
    this.#heard = heard;
  }

  /** Trunks that it looks after, to be told with every beat. */
  get load(): number {
    return this.#trunks.size;
  }

  /** Gives all trunks to other nodes. */
  drain(): Promise<void> {
    return this.#trunks.drain();
  }

  /** Registrations stay: whoever comes next refreshes them. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const subscription of this.#heard) subscription.unsubscribe();
    await this.#trunks.drain();
  }
}

interface Origin {
  readonly bus: Bus;
  readonly region: string;
  readonly node: string;
}

/** Routers leave out what does not answer. */
function publishHealth(
  { bus, region }: Origin,
  log: Log,
  { contacts, tenant, trunk: name }: TrunkState,
): void {
  const down = contacts.filter(({ state }) => state === 'down').map(({ uri }) => uri);
  try {
    const octets = encoded(trunk.Health, { tenant, trunk: name, down });
    bus.publish(`tandem.${region}.trunks.health`, octets);
  } catch (err) {
    log.debug({ err }, 'routers were not told of the health of a trunk');
  }
}

function tell(log: Log, { tenant, trunk: name }: TrunkState, condition: Condition): void {
  const { type, status, reason, layer, detail, object, since, goodAt } = condition;
  const level = status === 'false' ? 'warn' : 'info';
  log[level](
    { tenant, trunk: name, condition: type, status, reason, layer, detail, object, since, goodAt },
    'a trunk has changed',
  );
}

function publish(origin: Origin, { tenant, trunk: name, at }: TrunkState, changed: Condition): void {
  const { type: condition, status, reason, detail, layer = '', object = '', since = 0, goodAt = 0 } = changed;
  const times = { sinceMs: since, lastGoodMs: goodAt };
  const value = { trunk: name, condition, status, reason, detail, layer, object, ...times };
  publishEvent(origin, {
    subject: `trunk.${subjectToken(tenant)}.changed`,
    id: digest(JSON.stringify([tenant, name, condition, status, reason, origin.node, at])),
    atMs: at,
    tenant,
    kind: { $case: 'trunkChanged', value },
  });
}
