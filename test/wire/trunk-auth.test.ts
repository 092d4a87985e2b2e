import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { answered, beyond, callPast, described, hangUp, outside, tales, talk } from './tales.ts';
import {
  areRight,
  asks,
  auth,
  challenge,
  configure,
  here,
  number,
  numberOf,
  open,
} from './trunk-challenges.ts';

const describe = needs('namespace');

describe('a provider that asks for credentials', () => {
  it.for([
    [407, 'MD5', 'Proxy-Authorization'],
    [401, 'SHA-256', 'Authorization'],
  ] as const)(
    'by %s and %s gets those of the trunk, and the call goes on (OS-17)',
    async (row, { tiers: start }) => {
      const [status, algorithm, header] = row;
      const { carrier, phone } = await open(start);
      const invite = await callPast(phone, number);
      const first = await challenge(carrier, 'INVITE', status, asks('carrier.example', algorithm));
      expect(first.headers(header)).toEqual([]);
      const asked = await carrier.wire.receive('INVITE');
      expect(areRight(asked.header(header), algorithm)).toBe(true);
      expect(numberOf(asked)).toBe(numberOf(first) + 1);
      expect(asked.header('Call-ID')).toBe(first.header('Call-ID'));
      expect(asked.header('From')).toBe(first.header('From'));
      carrier.reply(
        asked,
        '183 Session Progress',
        { ...sdp, Require: '100rel', RSeq: '7' },
        described(outside),
      );
      const early = Dialog.ofCaller(phone, await phone.response(invite, 183));
      phone.send(early.request('PRACK', { RAck: `7 ${numberOf(invite)} INVITE`, ...beyond(early) }));
      const acknowledged = await carrier.answer('PRACK');
      expect(acknowledged.header('RAck')).toBe(`7 ${numberOf(asked)} INVITE`);
      await phone.wire.receive('SIP/2.0 200');
      const said = carrier.reply(asked, '200 OK', sdp, described(outside));
      const answer = await phone.final(invite);
      expect(answer.header('CSeq')).toBe(invite.header('CSeq'));
      const [mine, theirs] = [Dialog.ofCaller(phone, answer), Dialog.ofCallee(carrier, asked, said)];
      mine.acknowledge({ ...tales(phone), ...beyond(mine) });
      expect(numberOf(await carrier.wire.receive('ACK'))).toBe(numberOf(asked));
      await talk(mine, theirs, { phone, carrier });
      await hangUp(theirs, phone);
    },
  );

  it('goes on with the call at another edge when that of the call is killed', async ({ tiers: start }) => {
    const { place, tiers } = await configure(start);
    const edge = await tiers.mortalEdge('edge-1', here);
    const { carrier, phone } = await place();
    const invite = await callPast(phone, number);
    await challenge(carrier, 'INVITE', 407, asks());
    const { asked, mine, theirs } = await answered(invite, phone, carrier);
    await tiers.recorded();
    await edge.kill();
    await tiers.edge('edge-2', here);
    const request = mine.request('INFO', beyond(mine));
    phone.send(request);
    expect(numberOf(await carrier.answer('INFO'))).toBeGreaterThan(numberOf(asked));
    expect((await phone.final(request)).header('CSeq')).toBe(request.header('CSeq'));
    await hangUp(theirs, phone);
  });

  it.for([
    [
      'another realm',
      { auth },
      asks('evil.example'),
      'realm "evil.example"; trunk carrier answers carrier.example',
    ],
    [
      'what nobody speaks',
      { auth },
      'Basic realm="carrier.example"',
      'trunk carrier answers carrier.example',
    ],
    ['them though it has none', {}, asks(), 'trunk carrier has no auth'],
  ] as const)('of %s gets none (AS-16)', async ([, own, asked, why], { tiers: start }) => {
    const { carrier, phone, tiers } = await open(start, own);
    const invite = await callPast(phone, number);
    await challenge(carrier, 'INVITE', 407, asked);
    expect(statusOf(await phone.final(invite))).toBe(403);
    await carrier.wire.silent();
    const line = tiers.lines.find(({ fault }) => fault === 'trunk-challenged');
    expect(line?.msg).toContain(why);
  });

  it('once more gets them once more only for a stale nonce (OS-17, W-21)', async ({ tiers: start }) => {
    const { carrier, phone, tiers } = await open(start);
    const invite = await callPast(phone, number);
    await challenge(carrier, 'INVITE', 407, asks());
    await challenge(carrier, 'INVITE', 407, asks('carrier.example', 'MD5', ', stale=true'));
    const third = await challenge(carrier, 'INVITE', 407, asks());
    expect(areRight(third.header('Proxy-Authorization'))).toBe(true);
    expect(statusOf(await phone.final(invite))).toBe(403);
    const line = tiers.lines.find(({ fault }) => fault === 'trunk-challenged');
    expect(line?.msg).toMatch(/407 Who Are You: our credentials were not taken$/);
    expect(JSON.stringify(tiers.lines)).not.toContain(auth.password);
  });
});
