import type { Bus, BusMessage, Member, Membership, SharedSettings, Sighting, Tier } from '@tandem/platform';

/** What a node says of a probe. */
export interface ProbeAnswer {
  readonly tier: Tier;
  readonly id: string;
  /** What phones and carriers are told: `udp://203.0.113.5:5060`, `rtp://203.0.113.5`. */
  readonly addresses: readonly string[];
  /** Addresses that are its pod's alone. */
  readonly pod: readonly string[];
  /** Those of the machine that the pod runs on; undefined of a node of an earlier release. */
  readonly machine?: readonly string[];
  /** Of a media worker: ports that stand for its range. */
  readonly ports: readonly number[];
  readonly seen: readonly Sighting[];
}

/** What looks out for a token. */
export interface Probed {
  readonly tier: Tier;
  /** What phones and carriers are told of this node now. */
  readonly addresses: () => readonly string[];
  readonly probes: {
    begin(token: string): Promise<readonly number[]> | readonly number[];
    seen(token: string): readonly Sighting[];
  };
}

type PodSettings = Pick<SharedSettings, 'podAddresses' | 'hostAddresses'>;

/** The tiers that phones and carriers reach. */
export const probedTiers: readonly Tier[] = ['edge', 'media'];
/** Milliseconds that a node may take for an answer. */
const deadline = 2_000;
const isToken = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);

/** Lets this node be told, from anywhere in the cluster, to look out for what comes with a token. */
export function serveProbe(
  { bus, region, id }: { readonly bus: Bus; readonly region: string; readonly id: string },
  { tier, addresses, probes }: Probed,
  { podAddresses = [], hostAddresses = [] }: PodSettings,
): () => void {
  const pod = podAddresses.filter((address) => !hostAddresses.includes(address));
  const answer = async ({ payload, respond }: BusMessage): Promise<void> => {
    const [verb, token = ''] = Buffer.from(payload).toString().split(' ');
    if (!isToken(token)) return;
    const ports = verb === 'begin' ? await probes.begin(token) : [];
    const seen = probes.seen(token);
    const said = { addresses: addresses(), pod, machine: hostAddresses, ports, seen };
    respond(Buffer.from(JSON.stringify(said)));
  };
  const subscription = bus.subscribe(subjectOf(region, tier, id), (message) => {
    // Who is not answered says so.
    answer(message).catch(() => undefined);
  });
  return () => subscription.unsubscribe();
}

/** What the nodes that phones and carriers reach say of a token; `verb` is `begin` or `seen`. Those that say nothing are left out. */
export async function askProbed(
  {
    bus,
    membership,
    region,
  }: { readonly bus: Bus; readonly membership: Membership; readonly region: string },
  query: URLSearchParams,
): Promise<{ readonly rows: readonly ProbeAnswer[] }> {
  const [verb, token] = [query.get('verb'), query.get('token') ?? ''];
  if ((verb !== 'begin' && verb !== 'seen') || !isToken(token)) return { rows: [] };
  const ask = async ({ tier, id }: Member): Promise<ProbeAnswer> => {
    const payload = Buffer.from(`${verb} ${token}`);
    const answer = await bus.request(subjectOf(region, tier, id), payload, { timeoutMs: deadline });
    return { ...(JSON.parse(Buffer.from(answer).toString()) as ProbeAnswer), tier, id };
  };
  const members = probedTiers.flatMap((tier) => membership.members(tier));
  const answers = await Promise.allSettled(members.map(ask));
  return { rows: answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])) };
}

function subjectOf(region: string, tier: Tier, id: string): string {
  return `tandem.${region}.probe.${tier}.${id}`;
}
