import type { event } from '@tandem/contract';
import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { connect, hangUp } from './call.ts';
import { it } from './fixture.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const [here, there] = [address(11), address(12)];

type Kind = NonNullable<event.Event['kind']>;

/** What broke a call, with what else the next event of a kind says. */
type Broken = Partial<event.CallEnded & event.CallRefused> & Pick<event.CallEnded, 'diagnosis'>;

async function told({ events }: Tiers, wanted: Kind['$case']): Promise<Broken> {
  const { kind } = await events.take(wanted, (each) => each.kind?.$case === wanted, 15_000);
  return kind!.value as Broken;
}

describe('what is told of a broken call', () => {
  it('names layer and object of one that was refused, and of one that nobody could be reached for', async ({
    tiers: start,
  }) => {
    const tiers = await start();
    await tiers.edge('edge-1', here);
    const alice = await tiers.phone(here);
    await alice.final(await alice.invite('sip:9999@acme.example'));
    const refused = await told(tiers, 'callRefused');
    expect(refused).toMatchObject({ caller: `${alice.account.user}@acme`, status: 404, source: address(1) });
    expect(refused.diagnosis).toMatchObject({ layer: 'routing', object: { kind: 'User', name: '9999' } });

    const bob = await tiers.phone(here);
    await bob.register();
    const invite = await alice.invite(bob.uri);
    await bob.answer('INVITE', '500 Broken', { Reason: 'Q.850;cause=41;text="Temporary failure"' });
    await alice.final(invite);
    const { diagnosis } = await told(tiers, 'callEnded');
    expect(diagnosis).toMatchObject({ layer: 'signaling', code: 'peer-failed', status: 500, cause: 41 });
    expect(diagnosis!.object).toMatchObject({ kind: 'User', tenant: 'acme', name: bob.account.user });
  });

  it('comes while a call is up that nobody is heard in, and again with its end, at whichever edge', async ({
    tiers: start,
  }) => {
    const tiers = await start();
    await tiers.edge('edge-1', here);
    await tiers.edge('edge-2', there);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
    await bob.register();
    const call = await connect(alice, bob);
    const degraded = await told(tiers, 'callDegraded');
    expect(degraded.diagnosis).toMatchObject({ layer: 'media', direction: 'both', code: 'media-unheard' });
    await hangUp(call, bob);
    const ended = await told(tiers, 'callEnded');
    expect(ended).toMatchObject({
      call: degraded.call,
      status: 200,
      fault: '',
      diagnosis: degraded.diagnosis,
    });
  });
});
