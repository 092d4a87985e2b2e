import { Baresip, type BaresipOptions, connectPhones } from '../harness/baresip.ts';
import type { Cluster } from '../harness/cluster.ts';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { expectAudio, expectTwoTone } from '../harness/two-tone.ts';
import { domain, nextAccount } from '../wire/acme.ts';
import { figure } from './figures.ts';
import { it, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'baresip', 'nats-server', 'redis-server', 'etcd');

/** Until whoever takes over the calls of edges that are gone has done so, and ended those that are over. */
const FORGOTTEN = 15_000;

/** A softphone that is registered at `proxy`. */
async function phoneAt(
  { network }: Cluster,
  proxy: string,
  options: Pick<BaresipOptions, 'tone' | 'transport'>,
): Promise<Baresip> {
  const { user, password } = nextAccount();
  const phone = await Baresip.start(await network.host(`phone ${user}`), {
    ...{ user, password, domain, proxy },
    ...options,
  });
  await phone.register();
  return phone;
}

describe('two phones at a cluster', () => {
  it.for([
    ['udp', 'udp'],
    ['tcp', 'udp'],
    ['udp', 'tcp'],
  ] as const)(
    'of two edges, from %s to %s, talk, hold, resume and hang up',
    { timeout: SCENARIO },
    async ([from, to], { cluster }) => {
      const [alice, bob] = [
        await phoneAt(cluster, `${cluster.edge(0).address}:5060`, { tone: 440, transport: from }),
        await phoneAt(cluster, `${cluster.edge(1).address}:5060`, { tone: 1000, transport: to }),
      ];
      for (const [caller, callee, releaser] of [
        [alice, bob, alice],
        [bob, alice, alice],
      ] as const) {
        await connectPhones(caller, callee);
        await expectTwoTone(caller, callee);
        await callee.hold();
        await callee.resume();
        await expectAudio(alice, bob);
        await releaser.hangup();
        await (releaser === caller ? callee : caller).closed();
      }
    },
  );

  it('hear each other though every edge is killed', { timeout: SCENARIO }, async ({ cluster }) => {
    const alice = await phoneAt(cluster, cluster.proxy, { tone: 440, transport: 'udp' });
    const bob = await phoneAt(cluster, cluster.proxy, { tone: 1000, transport: 'udp' });
    await connectPhones(alice, bob);
    await Promise.all([cluster.edge(0).kill(), cluster.edge(1).kill()]);
    await expectAudio(alice, bob);
    figure('every edge killed: audio goes on both ways');
    await Promise.all([cluster.edge(0).start(), cluster.edge(1).start()]);
    await alice.hangup();
    await bob.closed();
    figure('edges started again: the call is hung up through them');
    await until(
      () => 'no media session',
      async () => (await cluster.sum('media', 'tandem_media_sessions')) === 0,
      FORGOTTEN,
    );
  });
});
