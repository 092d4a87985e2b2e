import {
  type Announcement,
  type Bus,
  type Condition,
  type Membership,
  membershipUnreachable,
  type Presence,
  serving,
  type Tier,
} from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { serveDrain } from '../cluster/drain.ts';
import { release } from '../release.ts';
import type { NodeStart } from './start.ts';

/** What a tier says of itself to the others. */
export interface TierPresence {
  readonly tier: Tier;
  /** When it started, in milliseconds since 1970. */
  readonly startedMs: number;
  readonly addresses: Announcement['addresses'];
  readonly load: () => number;
  readonly occupancy?: () => number;
  readonly configuration?: () => string;
  /** Hands over what it has; resolves when nothing is left. */
  readonly drain: () => Promise<void>;
  /** What was handed over so far. */
  readonly given?: () => Readonly<Record<string, number>>;
}

/** Milliseconds between two looks at the load: each beat has a fresh one. */
const lookEvery = 250;

/** Announces a tier of this node until it stops, and lets it be drained. What is returned tells the others of changes. */
export async function announce(
  node: NodeStart,
  { membership, bus }: { readonly membership: Membership; readonly bus: Bus },
  own: TierPresence,
): Promise<Pick<Presence, 'update'>> {
  const { lifecycle, settings } = node;
  const { nodeId: id, nodeWeight: weight, region } = settings;
  const { tier, startedMs, addresses } = own;
  const name = `presence of ${tier}`;
  const presence: Presence = await lifecycle.start(name, {
    open: () => join(node, membership, { tier, id, startedMs, weight, release, addresses }, own),
    close: (part) => part.leave(),
  });
  const drain = node.drains.add({
    tier,
    load: own.load,
    drain: () => {
      presence.update({ state: 'draining' });
      return own.drain();
    },
    hasHeirs: () => serving(membership.members(tier)).some((member) => member.id !== id),
    ...(own.given && { given: own.given }),
  });
  await lifecycle.start(`drain of ${tier}`, {
    open: () => serveDrain({ bus, region, tier, id }, () => void drain.begin()),
    close: (stop) => stop(),
  });
  await lifecycle.start(`load of ${tier}`, {
    open: () => setInterval(() => presence.update({ ...changing(own), load: drain.load }), lookEvery),
    close: clearInterval,
  });
  return presence;
}

/** Servers may come up after their clients: a node that cannot tell anybody of itself waits, and is not ready. */
async function join(
  { log }: NodeStart,
  membership: Membership,
  announcement: Announcement,
  own: TierPresence,
): Promise<Presence> {
  for (;;) {
    try {
      return await membership.join(announcement, conditionOf(own));
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== membershipUnreachable) throw error;
      log.warn({ err: error, tier: own.tier }, 'nobody could be told of this node yet');
    }
  }
}

function conditionOf(own: TierPresence): Condition {
  return { state: 'serving', load: 0, configuration: '', ...changing(own) };
}

/** In hundredths: what is told with each beat need not be more exact. */
function changing({ configuration, load, occupancy }: TierPresence): Partial<Condition> {
  return {
    load: load(),
    ...(occupancy && { occupancy: Math.round(occupancy() * 100) / 100 }),
    ...(configuration && { configuration: configuration() }),
  };
}
