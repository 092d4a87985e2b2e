import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { dial, hangUp } from './call.ts';
import { Dialog } from './dialog.ts';
import { ear } from './ear.ts';
import { it } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

const [here, there, media] = [address(11), address(12), address(2)];
const reliable = { Require: '100rel', RSeq: '7', ...sdp };

/** Acknowledges a provisional response as RFC 3262 wants it. */
async function prack(dialog: Dialog, invite: Message, bob: Phone): Promise<void> {
  const rack = `7 ${invite.header('CSeq')}`;
  const [asked, answer] = await Promise.all([bob.answer('PRACK'), dialog.ask('PRACK', { RAck: rack })]);
  expect([asked.header('RAck'), statusOf(answer)]).toEqual([rack, 200]);
}

describe('before a call is answered', () => {
  it('provisional responses of several phones are acknowledged, each to its own, at two edges', async ({
    tiers: open,
  }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    await tiers.edge('edge-2', there);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(there, 'tcp')];
    const other = await tiers.phone(here, 'udp', bob.account);
    for (const each of [bob, other]) await each.register();
    const invite = await dial(alice, bob.uri, { Supported: '100rel' });
    const asked = await Promise.all([bob, other].map((each) => each.wire.receive('INVITE')));
    const dialogs: Dialog[] = [];
    for (const [index, each] of [bob, other].entries()) {
      expect(asked[index]!.header('Supported')).toBe('100rel');
      each.reply(asked[index]!, '183 Session Progress', reliable, offer);
      const progress = await alice.response(invite, 183);
      expect([progress.header('Require'), progress.header('RSeq')]).toEqual(['100rel', '7']);
      expect(progress.body).toContain(`c=IN IP4 ${media}`);
      dialogs.push(Dialog.ofCaller(alice, progress));
      await prack(dialogs[index]!, invite, each);
    }
    bob.reply(asked[0]!, '200 OK');
    await other.answer('CANCEL');
    other.reply(asked[1]!, '487 Request Terminated');
    await alice.final(invite);
    const [caller] = dialogs as [Dialog];
    const ack = bob.wire.receive('ACK');
    alice.send(caller.request('ACK', { CSeq: invite.header('CSeq').replace('INVITE', 'ACK') }));
    await ack;
    await hangUp({ caller }, bob);
  });

  it('several phones may speak, and who answers is heard', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
    const other = await tiers.phone(here, 'udp', bob.account);
    for (const each of [bob, other]) await each.register();
    const [ears, early, late] = [await ear(), await ear(), await ear()];
    const invite = await alice.invite(bob.uri, { Supported: '100rel' }, ears.body);
    const asked = await Promise.all([bob, other].map((each) => each.wire.receive('INVITE')));
    const progress: Message[] = [];
    for (const [index, { body }] of [early, late].entries()) {
      const each = [bob, other][index]!;
      each.reply(asked[index]!, '183 Session Progress', reliable, body);
      progress.push(await alice.response(invite, 183));
      await prack(Dialog.ofCaller(alice, progress[index]!), invite, each);
    }
    bob.reply(asked[0]!, '200 OK');
    const caller = Dialog.ofCaller(alice, await alice.final(invite));
    await other.answer('CANCEL');
    caller.acknowledge();
    await bob.wire.receive('ACK');
    const heard = Promise.all([ears.hear(), early.hear()]);
    ears.speak(progress[0]!);
    early.speak(asked[0]!);
    expect(await heard).toEqual([media, media]);
    await hangUp({ caller }, bob);
  });

  it('both parties may change their offers by UPDATE', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
    await bob.register();
    const invite = await dial(alice, bob.uri, { Supported: '100rel' });
    const asked = await bob.wire.receive('INVITE');
    const said = bob.reply(asked, '183 Session Progress', reliable, offer);
    const caller = Dialog.ofCaller(alice, await alice.response(invite, 183));
    const callee = Dialog.ofCallee(bob, asked, said);
    await prack(caller, invite, bob);
    for (const [dialog, peer] of [
      [caller, bob],
      [callee, alice],
    ] as const) {
      const update = dialog.ask('UPDATE', sdp, offer);
      const came = await peer.answer('UPDATE', '200 OK', sdp, offer);
      expect([came.body, (await update).body]).toEqual([
        expect.stringContaining(`c=IN IP4 ${media}`),
        expect.stringContaining(`c=IN IP4 ${media}`),
      ]);
    }
    const info = caller.ask(
      'INFO',
      { 'Content-Type': 'application/dtmf-relay' },
      'Signal=5\r\nDuration=160\r\n',
    );
    expect((await bob.answer('INFO')).body).toBe('Signal=5\r\nDuration=160\r\n');
    expect(statusOf(await info)).toBe(200);
    bob.reply(asked, '486 Busy Here');
    expect(statusOf(await alice.final(invite))).toBe(486);
  });
});
