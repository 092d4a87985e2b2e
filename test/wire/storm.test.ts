import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { seriesOf, sumOf } from '../harness/scrape.ts';
import { dial, hangUp } from './call.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { offer, sdp } from './phone.ts';

const describe = needs('namespace');

const times = 30;

describe('a request that comes again and again', () => {
  it('is one call, and counted', async ({ live: { tandem }, phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const counted = async (name: string): Promise<number> => sumOf(await seriesOf(tandem), name);
    const [repeated, started] = ['tandem_sip_retransmissions_total', 'tandem_calls_started_total'] as const;
    const before = [await counted(repeated), await counted(started)] as const;
    const invite = await dial(alice, bob.uri);
    const asked = await bob.answer('INVITE', '180 Ringing');
    await alice.response(invite, 180);
    for (let time = 0; time < times; time++) {
      alice.send(invite);
      await alice.response(invite, 180);
    }
    await bob.wire.silent();
    bob.reply(asked, '200 OK', sdp, offer);
    const caller = Dialog.ofCaller(alice, await alice.final(invite));
    caller.acknowledge();
    await bob.wire.receive('ACK');
    await hangUp({ caller }, bob);
    expect(await counted(repeated)).toBe(before[0] + times);
    expect(await counted(started)).toBe(before[1] + 1);
  });
});
