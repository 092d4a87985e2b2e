import { type Bus, type BusMessage, type Membership, type Tier, tiers } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { nodeUnknown } from '../faults.ts';

/** What a node says when it was told to drain. */
export interface DrainAnswer {
  readonly tier: string;
  readonly id: string;
}

/** Milliseconds that a node may take to begin. */
const deadline = 2_000;

/** Lets this node be drained from anywhere: `begin` is called once, however often it is asked for. */
export function serveDrain(
  node: { readonly bus: Bus; readonly region: string; readonly tier: Tier; readonly id: string },
  begin: () => void,
): () => void {
  const { bus, region, tier, id } = node;
  let begun = false;
  const serve = ({ respond }: BusMessage): void => {
    if (!begun) begin();
    begun = true;
    respond(Buffer.from(JSON.stringify({ tier, id })));
  };
  const subscription = bus.subscribe(subjectOf(region, tier, id), serve);
  return () => subscription.unsubscribe();
}

/** Tells the node of a query, `node` and perhaps `tier`, to drain; without `node` the own one. Rejects with a Fault when there is none. */
export function drainNode(
  {
    bus,
    membership,
    region,
    own,
  }: {
    readonly bus: Bus;
    readonly membership: Membership;
    readonly region: string;
    /** The id of this node. */
    readonly own: string;
  },
  query: URLSearchParams,
): Promise<DrainAnswer> {
  const node = query.get('node') || own;
  const tier = query.get('tier') ?? '';
  const members = tiers.flatMap((each) => membership.members(each));
  const found = members.filter((member) => member.id === node && (tier === '' || member.tier === tier));
  const [only, another] = found;
  if (!only) throw new Fault(nodeUnknown, `${tier} ${node}`.trim());
  if (another) throw new Fault(nodeUnknown, `${node} is ${found.map((member) => member.tier).join(' and ')}`);
  return askToDrain(bus, region, only.tier, only.id);
}

async function askToDrain(bus: Bus, region: string, tier: Tier, id: string): Promise<DrainAnswer> {
  try {
    const answer = await bus.request(subjectOf(region, tier, id), new Uint8Array(), { timeoutMs: deadline });
    return JSON.parse(Buffer.from(answer).toString()) as DrainAnswer;
  } catch (cause) {
    throw new Fault(nodeUnknown, `${tier} ${id}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function subjectOf(region: string, tier: Tier, id: string): string {
  return `tandem.${region}.drain.${tier}.${id}`;
}
