import type { router } from '@tandem/contract';
import { RouterPool } from '@tandem/edge';
import { aorOf } from '@tandem/location';
import { createLog, derive, Metrics, parseSettings, sharedSettings } from '@tandem/platform';
import { Secret } from '@tandem/resource';
import { type RouterServer, routerSettings, startRouterServer } from '@tandem/router';
import { expect, onTestFinished } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { Lens } from '../link/lens.ts';
import { connect, hangUp } from './call.ts';
import { it } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const here = address(11);
const secret = derive(new Secret('the secret of all nodes of the cluster'), 'router');
const log = createLog({ level: 'silent', node: 'test', destination: 2 });
const metrics = new Metrics({ region: 'local', node: 'test', log });

/** Serves the router of the tiers by gRPC, and tells what it is asked. */
async function serve({ router: decider }: Tiers): Promise<{ server: RouterServer; asked: router.Request[] }> {
  const asked: router.Request[] = [];
  const decide = (request: router.Request): Promise<router.Verdict> => {
    asked.push(request);
    return decider.decide(request);
  };
  const flags = { nodeId: 'router-1', routerListen: '127.0.0.1:0' };
  const settings = parseSettings({ ...sharedSettings, ...routerSettings }, { flags, env: {} });
  const watched = { decide, connectionEnded: decider.connectionEnded.bind(decider) };
  const server = await startRouterServer({ router: watched, settings, secret, log, metrics });
  onTestFinished(() => server.stop());
  return { server, asked };
}

/** Starts an edge that asks routers by gRPC. */
async function edge(tiers: Tiers, ...routers: readonly string[]): Promise<RouterPool> {
  const pool = new RouterPool({ node: 'edge-1', secret, routers, log, metrics });
  onTestFinished(() => pool.close());
  tiers.link = pool;
  await tiers.edge('edge-1', here);
  return pool;
}

async function registered(tiers: Tiers): Promise<[alice: Phone, bob: Phone]> {
  const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
  for (const phone of [alice, bob]) expect(statusOf(await phone.register())).toBe(200);
  return [alice, bob];
}

describe('an edge that asks a router by gRPC', () => {
  it('asks once for each request that begins something, and for nothing of a call that is up', async ({
    tiers: open,
  }) => {
    const tiers = await open();
    const { server, asked } = await serve(tiers);
    await edge(tiers, server.advertised);
    const [alice, bob] = await registered(tiers);
    const registers = ['REGISTER', 'REGISTER', 'REGISTER', 'REGISTER'];
    expect(asked.map(({ method }) => method)).toEqual(registers);
    const call = await connect(alice, bob);
    const [challenged, repeated] = asked.slice(4);
    expect([challenged?.method, repeated?.method]).toEqual(['INVITE', 'INVITE']);
    const change = call.caller.request('INVITE', sdp, offer);
    alice.send(change);
    await bob.answer('INVITE', '200 OK', sdp, offer);
    expect(statusOf(await alice.final(change))).toBe(200);
    call.caller.acknowledge();
    await bob.wire.receive('ACK');
    await hangUp(call, bob);
    expect(asked).toHaveLength(6);
  });

  it('relays calls whichever of the two is of the last release', async ({ tiers: open }) => {
    const tiers = await open();
    const { server } = await serve(tiers);
    const lens = await Lens.open(server.advertised);
    onTestFinished(() => lens.close());
    await edge(tiers, lens.address);
    const [alice, bob] = await registered(tiers);
    await hangUp(await connect(alice, bob), bob);
    expect(lens.passed).toBeGreaterThan(0);
  });

  it('answers 503 with Retry-After while there is none', async ({ tiers: open }) => {
    const tiers = await open();
    const { server } = await serve(tiers);
    await edge(tiers, server.advertised);
    const [alice, bob] = await registered(tiers);
    const call = await connect(alice, bob);
    await server.stop();
    const refused = await alice.ask(alice.offer(bob.uri));
    expect(statusOf(refused)).toBe(503);
    expect(refused.header('Retry-After')).toBe('5');
    await hangUp(call, bob);
  });

  it('tells it of connections that have ended, also of those that ended while it was away', async ({
    tiers: open,
  }) => {
    const tiers = await open();
    const first = await serve(tiers);
    const pool = await edge(tiers, first.server.advertised);
    const phone = await tiers.phone(here, 'tcp');
    await phone.register();
    const aor = aorOf('acme', phone.account.user);
    const bindings = async (): Promise<number> =>
      (await tiers.location.lookup([aor], Date.now())).get(aor)?.length ?? 0;
    expect(await bindings()).toBe(1);
    await first.server.stop();
    phone.close();
    await until(
      () => 'no router',
      () => pool.serving === 0,
    );
    const flags = { nodeId: 'router-2', routerListen: first.server.advertised };
    const settings = parseSettings({ ...sharedSettings, ...routerSettings }, { flags, env: {} });
    const again = await startRouterServer({ router: tiers.router, settings, secret, log, metrics });
    onTestFinished(() => again.stop());
    await until(
      () => 'the end of the registration',
      async () => (await bindings()) === 0,
    );
  });
});
