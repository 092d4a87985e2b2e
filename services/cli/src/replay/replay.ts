import type { router } from '@tandem/contract';
import type { Binding } from '@tandem/location';
import type { Snapshot } from '@tandem/resource';
import { type Bindings, dryRun } from '@tandem/router';
import { Fault } from '@tandem/sip';
import type { RecordedCall } from './recorded.ts';

/** A call that another configuration treats otherwise. */
export interface Difference {
  readonly call: RecordedCall;
  readonly before: string;
  readonly after: string;
}

/** Decides each call by one configuration and by another, and tells where they differ. */
export async function* replay(
  calls: Iterable<RecordedCall>,
  current: Snapshot,
  proposed: Snapshot,
): AsyncIterable<Difference> {
  for (const call of calls) {
    const [before, after] = [await outcome(current, call), await outcome(proposed, call)];
    if (before !== after) yield { call, before, after };
  }
}

/** What would become of a call, in a line. Everybody has one phone: who is registered is no matter of the configuration. */
async function outcome(snapshot: Snapshot, call: RecordedCall): Promise<string> {
  try {
    return describe(await dryRun(snapshot, everybody, { ...call, isExplained: false }, call.at));
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

async function everybody(aors: readonly string[]): Promise<Bindings> {
  return new Map(aors.map((aor) => [aor, [phoneOf(aor)]]));
}

function phoneOf(aor: string): Binding {
  return {
    contact: `sip:${aor.split('/')[1]}@phone.invalid`,
    q: 1_000,
    expiresAt: Number.MAX_SAFE_INTEGER,
    callId: '',
    cseq: 1,
    path: [],
    flow: { transport: 'udp', host: 'phone.invalid', port: 5060, edge: '', localPort: 5060, connection: 0 },
    userAgent: '',
    registeredAt: 0,
    updatedAt: 0,
  };
}

function describe({ decision }: router.Verdict): string {
  if (decision?.$case === 'reject') {
    const { fault, headers, status } = decision.value;
    const contacts = headers.filter(({ name }) => name === 'Contact').map(({ value }) => value);
    return [`${status} ${fault}`, ...contacts].join(' ');
  }
  if (decision?.$case !== 'relay') return decision?.$case ?? 'no decision';
  const { groups, media } = decision.value;
  return [...groups.map(describeGroup), media?.anchor ? 'media anchored' : 'media not anchored'].join(
    ', then ',
  );
}

function describeGroup({ targets, ringTimeout }: router.Group): string {
  return `${targets.map(describeTarget).join(' and ')} for ${ringTimeout} s`;
}

/** Where it goes, as whom, and with what is written for it. */
function describeTarget({ uri, route, outside }: router.Target): string {
  const by = route.length === 0 ? '' : ` by ${route.join(', ')}`;
  const from = outside?.from ? ` from ${outside.from}` : '';
  return `${uri}${by}${from}`;
}
