import type { Bus, HttpServer, Membership, Tier, TraceStore } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { addBan, liftBan, listBans } from '../cluster/bans.ts';
import { drainNode } from '../cluster/drain.ts';
import { listNodes } from '../cluster/nodes.ts';
import { askProbed } from '../cluster/probe.ts';
import { checkTrunk } from '../cluster/trunk-check.ts';
import { answerDryRun, listCalls, listRegistrations, listTrunks, type Routing } from '../listings.ts';
import { serveTraces } from '../trace/served.ts';
import type { NodeStart } from './start.ts';
import type { Stores } from './stores.ts';

/** What every node says of the whole cluster, and does to it. */
export interface ClusterBackings {
  readonly bus: Bus;
  readonly membership: Membership;
  /** Undefined where a node has none. */
  readonly stores: Stores | undefined;
  readonly traces: TraceStore;
}

/** Serves the listings of the whole cluster and the drain of any node. */
export function serveCluster({ http, settings }: NodeStart, backings: ClusterBackings): void {
  serveNodes(http, { ...backings, region: settings.region, own: settings.nodeId });
  serveBans(http, { ...backings, region: settings.region });
  serveTraces(http, backings);
  if (backings.stores) serveStores(http, { ...backings.stores, region: settings.region });
  if (backings.stores) serveTrunks(http, { ...backings, ...backings.stores, region: settings.region });
}

function serveTrunks(http: HttpServer, backings: Parameters<typeof checkTrunk>[0]): void {
  const { trunks } = backings;
  http.route('/v1/trunks', (query) => listTrunks(trunks, query.get('cursor') ?? undefined));
  http.action('/v1/trunks/check', (query) => orRefusal(() => checkTrunk(backings, query)));
}

function serveStores(http: HttpServer, { calls, ...places }: Stores & { readonly region: string }): void {
  http.route('/v1/registrations', (query) =>
    listRegistrations(places, query.get('cursor') ?? undefined, Date.now()),
  );
  http.route('/v1/calls', (query) => listCalls(calls, query.get('cursor') ?? undefined, Date.now()));
}

/** Serves verdicts on calls that are not placed. */
export function serveRouting({ http }: NodeStart, routing: Routing): void {
  http.route('/v1/route', (query) => answerDryRun(routing, query));
}

/** Says who decides about calls, where that is not this node. */
export function serveRouters({ http, settings }: NodeStart, tier: Tier, membership: Membership): void {
  http.route('/v1/route', async () => {
    const routers = membership.members('router').map(({ addresses, id }) => `${id} (${addresses.grpc})`);
    const known = routers.length > 0 ? `routers are ${routers.join(', ')}` : 'no router is there';
    return { elsewhere: `${settings.nodeId} is of tier ${tier}; ${known}` };
  });
}

function serveNodes(
  http: HttpServer,
  backings: Pick<ClusterBackings, 'bus' | 'membership'> & { readonly region: string; readonly own: string },
): void {
  http.route('/v1/nodes', () => listNodes(backings.membership, Date.now()));
  http.action('/v1/probe', (query) => askProbed(backings, query));
  http.action('/v1/drain', (query) => orRefusal(() => drainNode(backings, query)));
}

function serveBans(
  http: HttpServer,
  backings: Pick<ClusterBackings, 'bus'> & { readonly region: string },
): void {
  http.route('/v1/bans', (query) => listBans(backings, query.get('cursor') ?? undefined, Date.now()));
  http.action('/v1/bans/add', (query) => orRefusal(() => addBan(backings, query)));
  http.action('/v1/bans/remove', (query) => orRefusal(() => liftBan(backings, query)));
}

async function orRefusal<T>(work: () => Promise<T>): Promise<T | { readonly refused: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) return { refused: error.message };
    throw error;
  }
}
