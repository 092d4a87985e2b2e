import { randomBytes } from 'node:crypto';
import type { Location } from '@tandem/location';
import {
  Balancer,
  type Bus,
  type CallLimits,
  type CallRecord,
  type CallStore,
  type Log,
  type Metrics,
  type Tracing,
  TrunkSightings,
  tokenKey,
} from '@tandem/platform';
import { TransactionLayer } from '@tandem/sip';
import { Anchors } from './anchor.ts';
import { branchTags } from './branch-tag.ts';
import { Calls } from './calls.ts';
import { createCounters } from './counters.ts';
import { Dispatcher } from './dispatch.ts';
import { Resolver } from './dns/resolver.ts';
import { SystemNames } from './dns/system-names.ts';
import { Edge } from './edge.ts';
import { FlowRelease } from './flow-release.ts';
import { BanExchange } from './guard/ban-exchange.ts';
import { Guard } from './guard/guard.ts';
import { KeepAlive } from './keep-alive/keep-alive.ts';
import { Takeover } from './keep-alive/takeover.ts';
import { Load } from './load/load.ts';
import { Locator } from './locate.ts';
import { callSetup, dnsTime, mediaMoveTime } from './metrics.ts';
import { MediaMoves } from './moves/media-moves.ts';
import { Neighbours } from './neighbours.ts';
import { observeEdge } from './observe.ts';
import { ownNames } from './own-names.ts';
import type { ClientUser, EdgeParts, ServerUser } from './parts.ts';
import { Probes } from './probes.ts';
import { Reception } from './reception.ts';
import { Adoption } from './records/adoption.ts';
import { CallRecords } from './records/call-records.ts';
import { HandOver } from './records/hand-over.ts';
import { Places } from './records/places.ts';
import { SessionExpiry } from './records/session-expiry.ts';
import { RefusedCalls } from './refused-calls.ts';
import { advertisedListeners, type EdgeSettings, insideAddress, tlsFiles } from './settings.ts';
import { ConnectionLimits, ConnectionNumbers } from './socket/connection-limits.ts';
import { FloatingListeners, planListeners } from './socket/floating.ts';
import type { Flow } from './socket/flow.ts';
import type { Listener } from './socket/listener.ts';
import { Sockets } from './socket/sockets.ts';
import { Certificates } from './socket/tls/certificates.ts';
import { TransactionUser } from './transaction-user.ts';
import { OtherEdges } from './uses/edges.ts';
import { CallEvents } from './uses/events.ts';
import { MediaWorkers } from './uses/media.ts';
import type { RouterLink } from './uses/router.ts';
import { type Members, Workers } from './uses/workers.ts';
import { Vouchers } from './vouchers.ts';
import { watchEdge } from './watch.ts';

export { exchange as askResolver } from './dns/exchange.ts';
export { type ResolvConf, readResolvConf } from './dns/system-names.ts';
export type { Edge, EdgeStatus } from './edge.ts';
export type { Ban } from './guard/ban.ts';
export { askBans, type BanAnswer, type BanOrder, type BanPage, orderBan } from './guard/ban-exchange.ts';
export {
  type EdgeSettings,
  edgeSettings,
  type OwnEdgeSettings,
  type RouterLinkSettings,
  routerLinkSettings,
} from './settings.ts';
export type { EndedConnection, RouterLink } from './uses/router.ts';
export { RouterPool, type RouterPoolOptions } from './uses/router-pool/pool.ts';
export type { Routers } from './uses/router-pool/routers.ts';

/** What an edge stands on. */
export interface EdgeBackings {
  readonly bus: Bus;
  readonly calls: CallStore;
  readonly limits: CallLimits;
  /** Where phones are found that are to be kept alive, and what they answer is noted. */
  readonly location: Pick<Location, 'list' | 'probed'>;
  readonly router: RouterLink;
  /** Who else is there; alone when undefined. */
  readonly membership?: Members | undefined;
  /** The same for all edges: signs the tokens of dialogs. */
  readonly tokenSecret: Uint8Array;
  readonly log: Log;
  readonly metrics: Metrics;
  /** From 0 up to 1, for choices that are left to chance. */
  readonly random?: () => number;
  /** Undefined when nobody wants traces. */
  readonly tracing?: Tracing | undefined;
}

/** Opens the listeners and serves until it is stopped. Rejects with a Fault that names the listener that failed. */
export async function startEdge(settings: EdgeSettings, backings: EdgeBackings): Promise<Edge> {
  const { nodeId: node, region } = settings;
  const { bus, log, metrics } = backings;
  const key = tokenKey(backings.tokenSecret);
  const tagOf = branchTags(backings.tokenSecret);
  const now = (): number => Math.floor(performance.timeOrigin + performance.now());
  const counters = createCounters();
  const startedMs = Date.now();
  const { sockets, floating, certificates } = await openSockets(settings, startedMs, log);
  const watch = watchEdge(settings, { ...backings, now });
  const user = new TransactionUser(counters, log, watch);
  const layer = new TransactionLayer<Flow, ServerUser, ClientUser>(user, {
    node: tagOf(node),
    capacity: settings.sipMaxTransactions,
    now: now(),
  });
  const lost = (flow: Flow): void => layer.lost(flow, now());
  const { limits, membership } = backings;
  const resolver = new Resolver({
    ...{ system: new SystemNames(), servers: settings.dnsServers, log, now },
    took: metrics.histogram(dnsTime),
  });
  const addressOf = resolver.addressOf.bind(resolver);
  const neighbours = new Neighbours({ membership, node, tagOf, sockets, addressOf, tokenKey: key, lost });
  const inside = (listener: Listener): string => insideAddress(settings, listener);
  const names = ownNames(sockets.listeners, () => neighbours.addresses, inside);
  const workers = new Workers(membership);
  const balancer = new Balancer(settings.mediaBalance);
  const anchors = new Anchors(
    new MediaWorkers({ bus, region, workers, balancer, watch: watch.media, log, now }),
  );
  const edges = new OtherEdges(bus, region, node, log);
  const store = watch.calls;
  const records = new CallRecords({
    store,
    node,
    log,
    now,
    gone: (edge, ids) => edges.gone(edge, ids),
    isAlive: async ({ mediaSession: session }) => session === '' || anchors.has(session).catch(() => true),
  });
  watch.counted.observeActive(metrics, () => records.own.tenants());
  const events = new CallEvents(bus, region, node, watch.events);
  const setupTime = metrics.histogram(callSetup);
  const { isOwn } = names;
  const calls = new Calls({
    ...{ records, limits, edges, events, anchors, isOwn, node, log, setupTime, now },
  });
  const guard = new Guard({
    ...{ settings, counters, log, now },
    edges: () => neighbours.addresses,
    tell: (bans) => exchange.tell(bans),
  });
  const sheds = settings.sipShedding === 'on';
  const load = new Load({
    ...{ node, membership, log, now, capacity: settings.sipMaxTransactions },
    sheds,
    tallies: () => layer.tallies,
    isBehind: () => reception.isBehind,
    utilization: (since) => performance.eventLoopUtilization(since),
  });
  const exchange = new BanExchange({ bus, region, node, membership, log }, guard.bans);
  const { random = Math.random } = backings;
  const locator = new Locator({ sockets, neighbours, resolver, node, random, now });
  const branchSecret = randomBytes(16).toString('base64url');
  const { location } = backings;
  const { wheel } = layer;
  const keepAlive = new KeepAlive({ wheel, sockets, location, log, now, random });
  const parts: EdgeParts = {
    node,
    branchSecret,
    names,
    layer,
    locator,
    neighbours,
    router: watch.router,
    anchors,
    workers,
    records,
    calls,
    refusedCalls: new RefusedCalls({ events, counted: watch.counted, now }),
    get moves(): MediaMoves {
      return moves;
    },
    counters,
    keepAlive,
    guard,
    load,
    probes: new Probes(now),
    sightings: new TrunkSightings({ bus, region, log, now }),
    abandon: ({ connection }) => sockets.abandon(connection),
    ladder: watch.ladder,
    tracing: watch.tracing,
    send: user.send.bind(user),
    tokenKey: key,
    log,
    now,
  };
  const moves = new MediaMoves(parts, membership, metrics.histogram(mediaMoveTime));
  const vouchers = new Vouchers();
  const dispatcher = new Dispatcher(parts, vouchers);
  user.serve({ parts, dispatcher });
  const reception = new Reception(parts, vouchers, { sheds, soon: setImmediate, after: queueMicrotask });
  sockets.deliverTo(reception);
  const adopted = (record: CallRecord): void => {
    watch.adopted(record);
    calls.orphaned(record);
    if (!record.end) moves.check(record);
  };
  const common = { store, membership, edges, records, node, now, adopted };
  const adoption = new Adoption({ ...common, log });
  const services = {
    bus,
    region,
    edges,
    events,
    exchange,
    adoption,
    handOver: new HandOver({ ...common, doubt: () => adoption.doubt() }),
    flowRelease: new FlowRelease({ calls, layer, log, neighbours, node, now, sockets, store }),
    places: new Places({ limits, records, log, now }),
    takeover: new Takeover({ keepAlive, location, sockets, node, log, now }),
    sessionExpiry: new SessionExpiry(parts),
  };
  const edge = new Edge(parts, dispatcher, sockets, services, {
    ...{ startedMs, floating, certificates, resolver, inside },
    drainNoticeMs: settings.drainNotice * 1_000,
  });
  observeEdge(metrics, edge);
  return edge;
}

async function openSockets(settings: EdgeSettings, startedMs: number, log: Log): Promise<OpenSockets> {
  const { fixed, moving } = planListeners(advertisedListeners(settings), settings.sipShared);
  const files = tlsFiles(settings);
  const certificates = files && (await Certificates.open(files, log));
  try {
    const [limits, numbers] = [new ConnectionLimits(settings), new ConnectionNumbers(startedMs)];
    const { sipOrigins: origins } = settings;
    const sockets = await Sockets.open(fixed, { limits, numbers, certificates, origins });
    return { sockets, floating: await follow(moving, sockets, log), certificates };
  } catch (error) {
    certificates?.close();
    throw error;
  }
}

/** Opens the listeners whose address comes and goes; all sockets are closed when that fails. */
async function follow(moving: readonly Listener[], sockets: Sockets, log: Log): Promise<FloatingListeners> {
  const floating = new FloatingListeners(moving, sockets, log);
  try {
    await floating.start();
  } catch (error) {
    await sockets.close();
    throw error;
  }
  return floating;
}

interface OpenSockets {
  readonly sockets: Sockets;
  readonly floating: FloatingListeners;
  readonly certificates: Certificates | undefined;
}
