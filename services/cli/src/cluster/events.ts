import type { event } from '@tandem/contract';
import {
  digest,
  type EventOrigin,
  type Membership,
  type MembershipChange,
  publishEvent,
} from '@tandem/platform';

/** The origin of events that have no time of their own. */
export interface NodeOrigin extends EventOrigin {
  readonly now: () => number;
}

type Kind = Extract<NonNullable<event.Event['kind']>, { $case: 'nodeChanged' | `configuration${string}` }>;

/**
 * Tells what becomes of nodes, on `tandem.<region>.node.<tier>.<change>`; returns what stops that. Every node that sees
 * a change says so under the same key: it is told once.
 */
export function publishNodes(membership: Membership, origin: NodeOrigin): () => void {
  return membership.onChange((change) => {
    const what = nameOf(change);
    const { tier, id, startedMs } = change.member;
    if (what === undefined) return;
    const kind = { $case: 'nodeChanged', value: { tier, id, change: what } } as const;
    publish(origin, `node.${tier}.${what}`, `${tier}/${id}/${startedMs}/${what}`, kind);
  });
}

/** Tells that nodes decide by different versions of the configuration. */
export function publishSkew(nodes: readonly event.NodeVersion[], origin: NodeOrigin): void {
  const kind: Kind = { $case: 'configurationSkewed', value: { nodes: [...nodes] } };
  publish(origin, 'configuration.skewed', `skew/${digest(JSON.stringify(nodes))}`, kind);
}

/** Tells that this node has refused a change of the configuration. */
export function publishRejection(problem: string, origin: NodeOrigin): void {
  const kind = { $case: 'configurationRejected', value: { node: origin.node, problem } } as const;
  publish(
    origin,
    'configuration.rejected',
    `rejected/${origin.node}/${digest(problem)}/${origin.now()}`,
    kind,
  );
}

function nameOf({ change, member }: MembershipChange): string | undefined {
  if (change !== 'changed') return change;
  return member.state === 'draining' ? 'draining' : undefined;
}

function publish(origin: NodeOrigin, subject: string, id: string, kind: Kind): void {
  publishEvent(origin, { subject, id, atMs: origin.now(), kind });
}
