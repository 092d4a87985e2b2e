import {
  type Bus,
  digest,
  type Leases,
  type Log,
  type Membership,
  type Metrics,
  publishEvent,
  type SharedSettings,
  subjectToken,
  type TrunkStore,
} from '@tandem/platform';
import type { Snapshot } from '@tandem/resource';
import { hmacKey } from '@tandem/sip';
import type { Condition } from './conditions.ts';
import { observeTrunks } from './observe.ts';
import type { TrunkState } from './state.ts';
import { Trunks } from './trunks.ts';
import { Edges } from './uses/edges.ts';

export type { Condition } from './conditions.ts';
export * from './faults.ts';
export { readState, type TrunkState } from './state.ts';

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
  });
  observeTrunks(metrics, () => trunks.states);
  return new RunningTrunks(
    trunks,
    setInterval(() => trunks.tick(), tickMs),
  );
}

/** A trunk node that is running. */
export class RunningTrunks {
  readonly startedMs: number = Date.now();
  readonly #trunks: Trunks;
  readonly #timer: NodeJS.Timeout;

  constructor(trunks: Trunks, timer: NodeJS.Timeout) {
    this.#trunks = trunks;
    this.#timer = timer;
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
    await this.#trunks.drain();
  }
}

function tell(
  log: Log,
  { tenant, trunk }: TrunkState,
  { type, status, reason, detail, layer }: Condition,
): void {
  const level = status === 'false' ? 'warn' : 'info';
  log[level]({ tenant, trunk, condition: type, status, reason, layer, detail }, 'a trunk has changed');
}

function publish(
  origin: { readonly bus: Bus; readonly region: string; readonly node: string },
  { tenant, trunk, at }: TrunkState,
  { type: condition, status, reason, detail, layer = '' }: Condition,
): void {
  const value = { trunk, condition, status, reason, detail, layer };
  publishEvent(origin, {
    subject: `trunk.${subjectToken(tenant)}.changed`,
    id: digest(JSON.stringify([tenant, trunk, condition, status, reason, origin.node, at])),
    atMs: at,
    tenant,
    kind: { $case: 'trunkChanged', value },
  });
}
