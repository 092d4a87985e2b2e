import { hash } from 'node:crypto';
import { event } from '@tandem/contract';
import type { Bus, Membership, MembershipChange } from '@tandem/platform';

/** Where events go, and what they say of their origin. */
export interface EventOrigin {
  readonly bus: Bus;
  readonly region: string;
  readonly node: string;
  readonly now: () => number;
}

type Kind = Extract<NonNullable<event.Event['kind']>, { $case: 'nodeChanged' | `configuration${string}` }>;

/**
 * Tells what becomes of nodes, on `tandem.<region>.node.<tier>.<change>`; returns what stops that. Every node that sees
 * a change says so under the same key: it is told once.
 */
export function publishNodes(membership: Membership, origin: EventOrigin): () => void {
  return membership.onChange((change) => {
    const what = nameOf(change);
    const { tier, id, startedMs } = change.member;
    if (what === undefined) return;
    const kind = { $case: 'nodeChanged', value: { tier, id, change: what } } as const;
    publish(origin, `node.${tier}.${what}`, `${tier}/${id}/${startedMs}/${what}`, kind);
  });
}

/** Tells that nodes decide by different versions of the configuration. */
export function publishSkew(nodes: readonly event.NodeVersion[], origin: EventOrigin): void {
  const kind: Kind = { $case: 'configurationSkewed', value: { nodes: [...nodes] } };
  publish(origin, 'configuration.skewed', `skew/${digest(JSON.stringify(nodes))}`, kind);
}

/** Tells that this node has refused a change of the configuration. */
export function publishRejection(problem: string, origin: EventOrigin): void {
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

function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}

function publish({ bus, region, node, now }: EventOrigin, subject: string, id: string, kind: Kind): void {
  const octets = event.Event.encode({ id, atMs: now(), node, tenant: '', traceId: '', kind }).finish();
  bus.publish(`tandem.${region}.${subject}`, octets, { key: id });
}
