import { blankRequest, type router } from '@tandem/contract';
import { asksForFlow, Fault, isBehindNat, parseUri } from '@tandem/sip';
import type { EdgeParts } from './parts.ts';
import type { ProxyOwner } from './proxy-owner.ts';
import type { KnownFlow } from './socket/flow.ts';
import { askRouter } from './uses/router.ts';

/** One place that a request is sent to. */
export interface Destination {
  /** The new Request-URI. */
  readonly uri: string;
  /** Values of Route, first first. */
  readonly route: readonly string[];
  /** The flow that reaches it, where one is known. */
  readonly flow?: KnownFlow;
  /** Who is there, when it is a user of ours. */
  readonly identity?: router.Identity;
  /** How it is spoken to, when it is outside. */
  readonly outside?: router.Outside;
  /** Headers that are changed otherwise than those of the other destinations. */
  readonly headers?: ProxyOwner['headers'];
  /** Headers that are changed besides. */
  readonly moreHeaders?: ProxyOwner['headers'];
  /** The codecs that it may use, where not any. */
  readonly codecs?: readonly string[];
  /** The place that the call has to take before. */
  readonly place?: router.Place;
  /** The answers after which others are tried; all but 6xx when it is not there. */
  readonly failover?: readonly number[];
  /** Milliseconds that it may give no sign before the next group is tried. */
  readonly patience?: number;
  /** Whether a redirection of it may be followed. */
  readonly follows?: boolean;
  /** Request-URI and Route stand as the request shall leave: strict routing has been seen to. */
  readonly isRouted?: boolean;
  /** Where else it is when all of this has failed; it is asked once. */
  readonly again?: () => Promise<Destination | undefined>;
  /** When it was registered, and how many seconds pass between two questions whether it is there. */
  readonly bound?: { readonly at: number; readonly keepAlive: number };
  /** Other ways to the same phone, tried one after the other (RFC 5626 §7). */
  readonly alternatives?: readonly Destination[];
}

/** Destinations that are tried together. */
export interface DestinationGroup {
  readonly destinations: readonly Destination[];
  /** Seconds; then the group is cancelled. An INVITE that is given none gets timer C (RFC 3261 §16.6 step 11). */
  readonly ringTimeout?: number;
}

/** The headers that a verdict changes. */
export function headersOf(edits: readonly router.HeaderEdit[]): ProxyOwner['headers'] {
  return edits.map(({ name, value }) => [name, value]);
}

/** A target of a verdict, as a place to send to. */
function toDestination(target: router.Target): Destination {
  const { alternatives, uri, route, flow, follows, identity, outside, boundMs, keepAlive } = target;
  const { codecs, edits, failover, place } = target;
  const named = {
    uri,
    route,
    ...(identity && { identity }),
    ...(boundMs > 0 && { bound: { at: boundMs, keepAlive } }),
    ...(follows && { follows }),
    ...(codecs.length > 0 && { codecs }),
    ...(edits.length > 0 && { moreHeaders: headersOf(edits) }),
    ...(place && { place }),
    ...(target.patienceMs !== undefined && { patience: target.patienceMs }),
    ...(failover && { failover: failover.statuses }),
    ...(outside && { outside, headers: headersOf(outside.edits) }),
    ...(alternatives.length > 0 && { alternatives: alternatives.map(toDestination) }),
  };
  if (!flow) return named;
  const only = target.flowOnly || isBehindNat(uri, flow) || asksForFlow(uri);
  return only || !wantsConnection(uri, flow) ? { ...named, flow: { ...flow, only } } : named;
}

/** Whether an answer is for the caller, and not to be followed by another group. */
export function isLast({ failover }: Destination, status: number): boolean {
  return failover !== undefined && !failover.includes(status) && !failover.includes(Math.floor(status / 100));
}

export function toGroup(group: router.Group): DestinationGroup {
  return { destinations: group.targets.map(toDestination), ringTimeout: group.ringTimeout };
}

/** The groups with the destinations that are wanted; those that have none of them are left out. */
export function onlyThose(
  groups: readonly DestinationGroup[],
  isWanted: (destination: Destination) => boolean,
): DestinationGroup[] {
  const left = groups.map((group) => ({ ...group, destinations: group.destinations.filter(isWanted) }));
  return left.filter(({ destinations }) => destinations.length > 0);
}

/** Registered by datagram, and a Contact that asks for TCP (RFC 3261 §19.1.1); behind a NAT it could not be had. */
function wantsConnection(contact: string, flow: router.Flow): boolean {
  const uri = flow.transport === 'udp' ? parseUri(contact) : undefined;
  return uri !== undefined && uri.scheme !== 'tel' && uri.params.get('transport')?.toLowerCase() === 'tcp';
}

/** Whether a URI names a phone and not where it is (RFC 5627 §3.1). */
export function isGruu(uri: string): boolean {
  return uri.includes(';gr');
}

type LocatingParts = Pick<EdgeParts, 'log' | 'names' | 'node' | 'router'>;

/**
 * Where the phone is now that a GRUU names, whose dialog goes on wherever that is. Without an answer it is where it was.
 */
export async function whereNow(
  parts: LocatingParts,
  known: Destination,
  callId: string,
): Promise<Destination> {
  if (known.route.length > 0) return known;
  return (await askWhere(parts, known.uri, callId)) ?? known;
}

/**
 * Where a user's phone is that a dialog knew over a flow which is gone: it may have registered the same contact again
 * over another one. Undefined when it has not.
 */
export async function whereAgain(
  parts: LocatingParts,
  known: Destination,
  callId: string,
  user: router.Identity,
): Promise<Destination | undefined> {
  const found = await askWhere(parts, known.uri, callId, user);
  return found?.flow && known.flow && isSame(found.flow, known.flow) ? undefined : found;
}

function isSame(one: KnownFlow, other: KnownFlow): boolean {
  return one.host === other.host && one.port === other.port && one.connection === other.connection;
}

async function askWhere(
  parts: LocatingParts,
  uri: string,
  callId: string,
  user?: router.Identity,
): Promise<Destination | undefined> {
  try {
    const facts = locatingFacts(parts, uri, callId);
    const { decision } = await askRouter(parts.router, user ? { ...facts, vouched: user } : facts);
    const target = decision?.$case === 'relay' ? decision.value.groups[0]?.targets[0] : undefined;
    return target && toDestination(target);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    parts.log.info({ sipCallId: callId, fault: error.kind.code }, error.message);
    return undefined;
  }
}

function locatingFacts({ names, node }: LocatingParts, requestUri: string, callId: string): router.Request {
  return {
    ...blankRequest(),
    method: 'BYE',
    requestUri,
    callId,
    flow: { transport: 'udp', host: '', port: 0, edge: node, localPort: 0, connection: 0 },
    ownHosts: [...names.hosts],
    inDialog: true,
  };
}
