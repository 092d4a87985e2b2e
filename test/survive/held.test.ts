import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { nextAccount } from '../wire/acme.ts';
import { it } from '../wire/fixture.ts';
import { Agent } from './agent/agent.ts';
import { answering, calls } from './held.ts';

const describe = needs('namespace', 'sipp');

describe('a sipp that holds a call', () => {
  it('agrees to changes of one that it answered', async ({ live: { network, tandem } }) => {
    const site = { network, proxy: tandem.proxy };
    const callee = nextAccount();
    const sipp = await answering(site, callee);
    const agent = await Agent.open({ account: nextAccount(), host: network.gateway, proxy: tandem.proxy });
    const leg = await agent.call(`sip:${callee.user}@${callee.domain}`);
    expect([await leg.renew(), await leg.renew(), await leg.hangUp()]).toEqual([200, 200, 200]);
    expect(await sipp.stop()).toMatchObject({ successful: 1, failed: 0 });
    agent.close();
  });

  it('agrees to changes of one that it made', async ({ live: { network, tandem } }) => {
    const site = { network, proxy: tandem.proxy };
    const agent = await Agent.open({ account: nextAccount(), host: network.gateway, proxy: tandem.proxy });
    await agent.register();
    const sipp = await calls(site, agent.account, 1);
    const first = () => [...agent.legs.values()][0];
    await until(
      () => 'a call',
      () => first()?.isAcknowledged ?? false,
    );
    const leg = first();
    expect([await leg?.renew(), await leg?.renew(), await leg?.hangUp()]).toEqual([200, 200, 200]);
    expect((await sipp.succeed()).successful).toBe(1);
    expect(agent.complaints).toEqual([]);
    agent.close();
  });
});
