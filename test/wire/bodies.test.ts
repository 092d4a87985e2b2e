import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { dial } from './call.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { described, expectSilence, inside, outside } from './tales.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const [here, media] = [address(11), address(2)];

const more = {
  Trunk: { carrier: { contacts: [`sip:${outside}`], identify: { sources: [outside] } } },
  Route: { all: { match: { prefix: '+' }, trunks: ['carrier'] } },
};

const mixed = { 'Content-Type': 'multipart/mixed;boundary=x', 'MIME-Version': '1.0' };

/** A description and something else. */
function parts(description: string, headers: string, text: string): string {
  return [
    ...['--x', 'Content-Type: application/sdp', `Content-ID: <1@${inside}>`, '', description],
    ...['--x', headers, '', text],
    '--x--',
    '',
  ].join('\r\n');
}

const optional = `Content-Type: application/pidf+xml\r\nContent-Disposition: render;handling=optional`;

describe('a description among other parts', () => {
  it('has its media anchored as one alone has', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const body = parts(offer, 'Content-Type: application/x', 'kept');
    const invite = await alice.invite(bob.uri, mixed, body);
    const asked = await bob.wire.receive('INVITE');
    const [start, ...rest] = asked.body.split(/m=audio \d+/);
    const [ownStart, ...ownRest] = body.split(/m=audio \d+/);
    expect(rest).toEqual(ownRest);
    expect(start!.split('\r\n').length).toBe(ownStart!.split('\r\n').length);
    expect(asked.body).not.toContain('m=audio 4000');
    bob.reply(asked, '200 OK', mixed, body);
    const answer = await alice.final(invite);
    expect(answer.body).not.toContain('m=audio 4000');
    expect(answer.body).toContain('kept');
    const dialog = Dialog.ofCaller(alice, answer);
    dialog.acknowledge();
    await bob.wire.receive('ACK');
    await Promise.all([bob.answer('BYE'), dialog.ask('BYE')]);
  });
});

describe('bodies for a provider that is hidden from', () => {
  async function open(start: (changes: object) => Promise<Tiers>) {
    const heard: Message[] = [];
    const tiers = await start({ more });
    await tiers.edge('edge-1', here);
    const [phone, carrier] = [await tiers.phone(here), await tiers.outside(outside, here, heard)];
    return { carrier, heard, phone, tiers };
  }

  /** An INVITE as the provider gets it. */
  async function called(phone: Phone, carrier: Phone, body: string) {
    const invite = await phone.invite(`sip:+34600111222@${domain}`, mixed, body);
    return { invite, asked: await carrier.wire.receive('INVITE') };
  }

  it('lose what could tell where the phone is', async ({ tiers: start }) => {
    const { carrier, heard, phone } = await open(start);
    const body = parts(described(inside), optional, `at ${inside}`);
    const { asked, invite } = await called(phone, carrier, body);
    expect(asked.body).toContain(`c=IN IP4 ${media}`);
    expect(asked.body).not.toContain('pidf');
    const said = carrier.reply(asked, '200 OK', sdp, described(outside));
    const dialog = Dialog.ofCaller(phone, await phone.final(invite));
    dialog.acknowledge();
    await carrier.wire.receive('ACK');
    const fragment = { 'Content-Type': 'message/sipfrag', Event: 'refer', 'Subscription-State': 'active' };
    const [notify, noted] = await Promise.all([
      carrier.answer('NOTIFY'),
      dialog.ask('NOTIFY', fragment, `SIP/2.0 180 Ringing\r\nContact: <sip:${inside}>\r\n`),
    ]);
    expect([notify.body, statusOf(noted)]).toEqual(['SIP/2.0 180 Ringing\r\n', 200]);
    const tone = { 'Content-Type': 'application/dtmf-relay' };
    const [info] = await Promise.all([
      carrier.answer('INFO'),
      dialog.ask('INFO', tone, 'Signal=5\r\nDuration=160\r\n'),
    ]);
    expect(info.body).toBe('Signal=5\r\nDuration=160\r\n');
    const refused = await dialog.ask('INFO', { 'Content-Type': 'application/x' }, inside);
    expect(statusOf(refused)).toBe(415);
    expect(refused.header('Accept')).toContain('application/sdp');
    const [bye, ended] = await Promise.all([
      carrier.answer('BYE'),
      dialog.ask('BYE', { 'Content-Type': 'application/x' }, inside),
    ]);
    expect([bye.body, statusOf(ended)]).toEqual(['', 200]);
    expectSilence(heard, phone);
    void said;
  });

  it('that cannot lose it do not go there: the call is refused', async ({ tiers: start }) => {
    const { carrier, phone, tiers } = await open(start);
    const body = parts(described(inside), 'Content-Type: application/x', inside);
    const invite = await dial(phone, `sip:+34600111222@${domain}`, {});
    const plain = await carrier.answer('INVITE', '486 Busy Here');
    expect(plain.body).toContain(media);
    await phone.final(invite);
    await carrier.wire.receive('ACK');
    const refused = await phone.final(await phone.invite(`sip:+34600111222@${domain}`, mixed, body));
    expect(statusOf(refused)).toBe(415);
    expect(refused.header('Accept')).toContain('multipart/mixed');
    await carrier.wire.silent();
    expect(tiers.lines.find(({ fault }) => fault === 'body-refused')?.msg).toBe(
      'body-refused: application/x',
    );
  });
});
