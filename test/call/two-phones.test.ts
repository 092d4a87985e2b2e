import { expect, describe as suite } from 'vitest';
import { connectPhones } from '../harness/baresip.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { expectAudio, expectTwoTone } from '../harness/two-tone.ts';
import { Office } from './office.ts';

const describe = needs('namespace', 'baresip');

/** Packets in a second of audio. */
const SECOND = 50;

describe('two phones that register with Tandem, and no provider (TR-02)', () => {
  suite.for([
    ['udp', 'udp'],
    ['tcp', 'tcp'],
    ['udp', 'tcp'],
    ['tcp', 'udp'],
  ] as const)('from %s to %s', ([from, to]) => {
    it('hear each other through the media worker', async ({ network }) => {
      const office = await Office.open(network);
      const { tandem } = office;
      const [alice, bob] = await office.pair({ transport: from }, { transport: to });
      await connectPhones(alice, bob);
      await expectTwoTone(alice, bob);
      const peers = await Promise.all([alice, bob].map((phone) => phone.media()));
      expect(peers.map(({ peer }) => peer)).toEqual([tandem.host.address, tandem.host.address]);
      await alice.hangup();
      await bob.closed();
      const ended = await tandem.logged('call ended');
      expect(ended).toMatchObject({ status: 200, releasedBy: 'caller', outcome: 'success' });
      expect(ended.packetsFromCaller).toBeGreaterThan(SECOND);
      expect(ended.packetsFromCallee).toBeGreaterThan(SECOND);
    });

    it('hold and resume, whoever does it', async ({ network }) => {
      const office = await Office.open(network);
      const [alice, bob] = await office.pair({ transport: from }, { transport: to });
      await connectPhones(alice, bob);
      for (const [holder, held] of [
        [alice, bob],
        [bob, alice],
      ] as const) {
        await holder.hold();
        expect((await held.media()).direction).toBe('recvonly');
        await holder.resume();
        expect((await held.media()).direction).toBe('sendrecv');
        await expectAudio(alice, bob);
      }
    });

    it('send digits both ways', async ({ network }) => {
      const office = await Office.open(network);
      const [alice, bob] = await office.pair({ transport: from }, { transport: to });
      await connectPhones(alice, bob);
      for (const [sender, receiver] of [
        [alice, bob],
        [bob, alice],
      ] as const) {
        await sender.sendDigits('19#');
        expect([await receiver.digit(), await receiver.digit(), await receiver.digit()]).toEqual([
          '1',
          '9',
          '#',
        ]);
      }
    });

    it('hang up, whoever does it, and can be called again', async ({ network }) => {
      const office = await Office.open(network);
      const [alice, bob] = await office.pair({ transport: from }, { transport: to });
      for (const [caller, callee, releaser] of [
        [alice, bob, alice],
        [bob, alice, alice],
      ] as const) {
        await connectPhones(caller, callee);
        await releaser.hangup();
        await (releaser === caller ? callee : caller).closed();
        const releasedBy = releaser === caller ? 'caller' : 'callee';
        expect(await office.tandem.logged('call ended')).toMatchObject({ releasedBy, outcome: 'success' });
      }
    });

    it('stop ringing when the caller gives up', async ({ network }) => {
      const office = await Office.open(network);
      const [alice, bob] = await office.pair({ transport: from }, { transport: to });
      await alice.dial(bob.uri);
      await Promise.all([bob.incoming(), alice.ringing()]);
      await alice.hangup();
      await bob.closed();
      expect(await office.tandem.logged('call ended')).toMatchObject({ status: 487, releasedBy: 'caller' });
    });
  });
});
