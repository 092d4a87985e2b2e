import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { connect, hangUp, reoffer } from './call.ts';
import { it } from './fixture.ts';
import { offer, sdp } from './phone.ts';
import { statusOf } from './reply.ts';

const describe = needs('namespace');

describe('within a dialog', () => {
  it.for(['OPTIONS', 'INFO', 'UPDATE', 'MESSAGE', 'NOTIFY', 'REFER', 'JUMP'])(
    '%s reaches the other side from both, and the call goes on',
    async (method, { phone }) => {
      const [alice, bob] = [await phone(), await phone()];
      await bob.register();
      const call = await connect(alice, bob);
      for (const [dialog, peer] of [
        [call.caller, bob],
        [call.callee, alice],
      ] as const) {
        const body = `${method} for ${peer.account.user}`;
        const [asked, answer] = await Promise.all([
          peer.answer(method, '200 Fine', { 'X-Answer': 'yes' }),
          dialog.ask(method, { 'Content-Type': 'text/plain' }, body),
        ]);
        expect(asked.body).toBe(body);
        expect([answer.start, answer.header('X-Answer')]).toEqual(['SIP/2.0 200 Fine', 'yes']);
      }
      await hangUp(call, bob);
    },
  );

  it('what the other side refuses is refused, and the call goes on', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const call = await connect(alice, bob);
    const [, answer] = await Promise.all([bob.answer('INFO', '415 No'), call.caller.ask('INFO')]);
    expect(answer.start).toBe('SIP/2.0 415 No');
    await hangUp(call, bob);
  });

  it('a new offer is answered and acknowledged, from both sides', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const call = await connect(alice, bob);
    for (const [dialog, peer, sender] of [
      [call.caller, bob, alice],
      [call.callee, alice, bob],
    ] as const) {
      const { ack, answer } = await reoffer(dialog, sender, peer);
      expect(ack.header('CSeq')).toBe(`${Number.parseInt(answer.header('CSeq'), 10)} ACK`);
    }
    await hangUp(call, bob);
  });

  it('a new offer can be cancelled, and the call goes on', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const call = await connect(alice, bob);
    const invite = call.caller.request('INVITE', sdp, offer);
    alice.send(invite);
    const received = await bob.answer('INVITE', '180 Ringing');
    await alice.response(invite, 180);
    const cancel = alice.cancel(invite);
    expect(statusOf(await alice.ask(cancel))).toBe(200);
    await bob.answer('CANCEL');
    bob.reply(received, '487 Request Terminated');
    const terminated = await alice.final(invite);
    expect(statusOf(terminated)).toBe(487);
    alice.acknowledge(invite, terminated);
    await hangUp(call, bob);
  });

  it('Max-Forwards counts, and the extensions that proxies must know', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const call = await connect(alice, bob);
    expect(statusOf(await call.caller.ask('INFO', { 'Max-Forwards': '0' }))).toBe(483);
    expect(statusOf(await call.caller.ask('INFO', { 'Proxy-Require': 'foo' }))).toBe(420);
    await bob.wire.silent();
    await hangUp(call, bob);
  });

  it('whoever hangs up, the call is listed until then and no longer', async ({ live: { tandem }, phone }) => {
    for (const side of ['caller', 'callee'] as const) {
      const [alice, bob] = [await phone(), await phone()];
      await bob.register();
      const call = await connect(alice, bob);
      const listed = async () => (await tandem.ask('calls', '-o', 'json')).includes(call.caller.callId);
      expect(await listed()).toBe(true);
      const peer = side === 'caller' ? bob : alice;
      await Promise.all([peer.answer('BYE'), call[side].ask('BYE')]);
      expect(await listed()).toBe(false);
    }
  });
});
