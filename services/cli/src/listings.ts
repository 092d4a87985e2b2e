import type { router } from '@tandem/contract';
import type { Binding, Location } from '@tandem/location';
import { type CallStore, formatHostPort, type TrunkStore } from '@tandem/platform';
import type { Snapshot } from '@tandem/resource';
import { dryRun } from '@tandem/router';
import { Fault } from '@tandem/sip';
import { readState, type TrunkState } from '@tandem/trunk';
import type { Stores } from './node/stores.ts';

/** One contact, as `tandem registrations` shows it. */
export interface RegistrationRow {
  readonly tenant: string;
  readonly user: string;
  readonly contact: string;
  readonly transport: string;
  /** Where its packets come from. */
  readonly source: string;
  /** The node that holds its flow, and the region that this is in. */
  readonly edge: string;
  readonly region: string;
  /** 0 to 1. */
  readonly q: number;
  /** Seconds. */
  readonly expiresIn: number;
  readonly userAgent: string;
  /** Milliseconds that it takes to answer, of a phone that is asked whether it is there. */
  readonly latency?: number | undefined;
  /** Seconds since it was found to answer no more. */
  readonly silentFor?: number | undefined;
}

/** One call, as `tandem calls` shows it. */
export interface CallRow {
  readonly id: string;
  readonly state: 'ringing' | 'answered';
  readonly tenant: string;
  readonly caller: string;
  readonly callee: string;
  /** The contact that answered; empty while it rings. */
  readonly target: string;
  readonly node: string;
  /** Seconds since it was answered, or since it began. */
  readonly seconds: number;
  readonly sipCallId: string;
  /** What is known of it besides, by name; not there where nothing is. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** One trunk, as `tandem trunks` shows it. */
export type TrunkRow = TrunkState;

/** A part of a listing. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Asks for the next page; absent on the last. */
  readonly cursor?: string | undefined;
}

/** What the running system says to `tandem route test`. */
export type DryRunAnswer = { readonly verdict: router.Verdict } | Refused | Elsewhere;

/** The node that was asked does not decide about calls: those that do, in words. */
interface Elsewhere {
  readonly elsewhere: string;
}

/** Why the running system does not do what it was asked. */
export interface Refused {
  readonly refused: string;
}

const pageSize = 1_000;

/** A page of all contacts; those of a region are in a store of its own. */
export async function listRegistrations(
  { location, region }: { readonly location: Location; readonly region: string },
  cursor: string | undefined,
  now: number,
): Promise<Page<RegistrationRow>> {
  const page = await location.list({ limit: pageSize, cursor }, now);
  const rows = page.registrations.flatMap(({ aor, bindings }) => {
    const [tenant = '', user = ''] = aor.split('/');
    return bindings.map((binding) => registrationRow({ tenant, user, region }, binding, now));
  });
  return { rows, cursor: page.cursor };
}

/** A page of the trunks that somebody looks after. */
export async function listTrunks(store: TrunkStore, cursor: string | undefined): Promise<Page<TrunkRow>> {
  const page = await store.list(cursor);
  const rows = page.states.map(readState).filter((state) => state !== undefined);
  return { rows, cursor: page.cursor };
}

/** A page of the calls in progress. */
export async function listCalls(
  calls: CallStore,
  cursor: string | undefined,
  now: number,
): Promise<Page<CallRow>> {
  const page = await calls.list({ limit: pageSize, cursor }, now);
  const rows = page.records.map((record) => ({
    ...pick(record),
    state: record.state,
    target: record.target,
    node: record.node,
    seconds: secondsSince(record.answeredMs || record.startedMs, now),
    ...(record.tags && { tags: record.tags }),
  }));
  return { rows, cursor: page.cursor };
}

function registrationRow(
  { tenant, user, region }: Pick<RegistrationRow, 'tenant' | 'user' | 'region'>,
  binding: Binding,
  now: number,
): RegistrationRow {
  const { contact, flow, q, expiresAt, userAgent, latency, unreachableSince } = binding;
  return {
    tenant,
    user,
    contact,
    transport: flow.transport,
    source: formatHostPort(flow),
    edge: flow.edge,
    region,
    q: q / 1000,
    expiresIn: Math.max(0, Math.round((expiresAt - now) / 1000)),
    userAgent,
    ...(latency !== undefined && { latency }),
    ...(unreachableSince !== undefined && { silentFor: secondsSince(unreachableSince, now) }),
  };
}

function pick<T extends Pick<CallRow, 'id' | 'tenant' | 'caller' | 'callee' | 'sipCallId'>>({
  id,
  tenant,
  caller,
  callee,
  sipCallId,
}: T): Pick<CallRow, 'id' | 'tenant' | 'caller' | 'callee' | 'sipCallId'> {
  return { id, tenant, caller, callee, sipCallId };
}

function secondsSince(moment: number, now: number): number {
  return Math.max(0, Math.round((now - moment) / 1000));
}

/** What verdicts are made of. */
export interface Routing {
  readonly stores: Pick<Stores, 'location'>;
  readonly snapshot: () => Snapshot;
  /** Names and addresses of edges. */
  readonly ownHosts: () => readonly string[];
}

/** The verdict on a call that is not placed. */
export async function answerDryRun(
  { ownHosts, snapshot, stores: { location } }: Routing,
  query: URLSearchParams,
): Promise<DryRunAnswer> {
  const at = Number(query.get('at'));
  if (Number.isNaN(at)) return { refused: 'at: not a number of milliseconds since 1970' };
  const run = {
    from: query.get('from') ?? '',
    to: query.get('to') ?? '',
    source: query.get('source') || undefined,
    ownHosts: ownHosts(),
  };
  try {
    return { verdict: await dryRun(snapshot(), (aors) => location.lookup(aors, at), run, at) };
  } catch (error) {
    if (error instanceof Fault) return { refused: error.message };
    throw error;
  }
}
