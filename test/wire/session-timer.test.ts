import type { event } from '@tandem/contract';
import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { connect, dial, hangUp } from './call.ts';
import { it } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import type { Headers } from './request.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const [here, there] = [address(11), address(12)];
const slow = { sessionTimer: { expires: 600, minExpires: 120 } };
const brief = { sessionTimer: { expires: 2, minExpires: 2 } };
const knows: Headers = { Supported: 'timer' };

async function parties(tiers: Tiers): Promise<[alice: Phone, bob: Phone]> {
  const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
  await bob.register();
  return [alice, bob];
}

async function ended(tiers: Tiers): Promise<event.CallEnded> {
  const { kind } = await tiers.events.take('the end of the call', (each) => each.kind?.$case === 'callEnded');
  if (kind?.$case !== 'callEnded') throw new Error('no end');
  return kind.value;
}

describe('a session timer', () => {
  it('is as long as the tenant wants at least, and asked for where nobody does', async ({ tiers: open }) => {
    const tiers = await open(slow);
    await tiers.edge('edge-1', here);
    const [alice, bob] = await parties(tiers);
    for (const [headers, expires, minSe] of [
      // Who does not know of 422 gets what it must have.
      [{ 'Session-Expires': '90' }, '120', '120'],
      [{ 'Session-Expires': '120;refresher=uas' }, '120;refresher=uas', ''],
      [{}, '600', '120'],
      [{ 'Min-SE': '900' }, '900', '900'],
    ] as const) {
      const asked = await dial(alice, bob.uri, headers);
      const invite = await bob.answer('INVITE', '603 No');
      expect([invite.header('Session-Expires'), invite.headers('Min-SE').join()]).toEqual([expires, minSe]);
      alice.acknowledge(asked, await alice.final(asked));
      await bob.wire.receive('ACK');
    }
    const asked = await alice.invite(bob.uri, { ...knows, 'Session-Expires': '90;refresher=uac' });
    const refusal = await alice.final(asked);
    expect([refusal.start, refusal.header('Min-SE')]).toEqual([
      'SIP/2.0 422 Session Interval Too Small',
      '120',
    ]);
    alice.acknowledge(asked, refusal);
    await bob.wire.silent();
  });

  it('is in the answer where one of the phones knows of it', async ({ tiers: open }) => {
    const tiers = await open(slow);
    await tiers.edge('edge-1', here);
    const [alice, bob] = await parties(tiers);
    const own = { 'Session-Expires': '500;refresher=uas', Require: 'timer' };
    for (const [answering, expires] of [
      [{}, '600;refresher=uac'],
      [own, '500;refresher=uas'],
    ] as const) {
      const call = await connect(alice, bob, knows, () => answering);
      expect([call.answer.header('Session-Expires'), call.answer.header('Require')]).toEqual([
        expires,
        'timer',
      ]);
      const update = call.caller.ask('UPDATE', { ...knows, 'Session-Expires': '600;refresher=uac' });
      await bob.answer('UPDATE', '200 OK', answering);
      expect((await update).header('Session-Expires')).toBe(expires);
      await hangUp(call, bob);
    }
    const call = await connect(alice, bob);
    expect([...call.answer.headers('Session-Expires'), ...call.answer.headers('Require')]).toEqual([]);
    expect((await tiers.recorded()).dialog).not.toHaveProperty('timer');
    await hangUp(call, bob);
  });

  it('that is refreshed goes on, and ends a call when it is not', async ({ tiers: open }) => {
    const tiers = await open({ ...brief, media: { anchor: 'never', inactivity: 0 } });
    await tiers.edge('edge-1', here);
    const [alice, bob] = await parties(tiers);
    const { caller } = await connect(alice, bob, knows);
    const before = (await tiers.recorded()).dialog as { timer: { endsMs: number } };
    const invite = caller.request('INVITE', { ...sdp, ...knows, 'Session-Expires': '2' }, offer);
    alice.send(invite);
    await bob.answer('INVITE', '200 OK', sdp, offer);
    expect((await alice.final(invite)).header('Session-Expires')).toBe('2;refresher=uac');
    caller.acknowledge();
    await bob.wire.receive('ACK');
    await until(
      () => 'the refresh on record',
      async () => {
        const { timer } = (await tiers.recorded()).dialog as typeof before;
        return timer.endsMs > before.timer.endsMs;
      },
    );
    for (const phone of [alice, bob]) expect((await phone.answer('BYE')).header('Reason')).toContain('SIP;');
    expect(await ended(tiers)).toMatchObject({ releasedBy: 'system', fault: 'session-expired' });
  });

  it('is looked after by the edge that takes the call over', async ({ tiers: open }) => {
    const tiers = await open(brief);
    const sipShared = `${there}:5060`;
    const first = await tiers.mortalEdge('edge-1', here, { sipShared });
    await tiers.edge('edge-2', there, { sipShared });
    const [alice, bob] = await parties(tiers);
    const { answer } = await connect(alice, bob, knows);
    expect(statusOf(answer)).toBe(200);
    await tiers.recorded();
    await first.kill();
    const answering = await tiers.phone(there);
    for (const phone of [alice, bob]) answering.reply(await phone.wire.receive('BYE'), '200 OK');
    expect(await ended(tiers)).toMatchObject({ releasedBy: 'system', fault: 'session-expired' });
    expect(await tiers.records()).toEqual([]);
  });
});
