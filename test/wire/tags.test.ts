import type { event } from '@tandem/contract';
import { expect } from 'vitest';
import { listCalls } from '../../services/cli/src/listings.ts';
import { needs } from '../harness/needs.ts';
import type { Tenant } from '../harness/tandem.ts';
import { domain } from './acme.ts';
import { connect } from './call.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { offer, sdp } from './phone.ts';
import { outside } from './tales.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const [here, there] = [address(11), address(12)];

function account(user: string) {
  return { user, domain, password: `secret-of-${user}` };
}

const tenant: Partial<Tenant> = {
  alertInfo: { profile: 'urn', internal: '<urn:alert:source:friend>' },
  users: [
    { name: '1001', password: 'secret-of-1001', tags: { customer: '7' }, tagHeaders: { camp: 'X-Camp' } },
    { name: '1002', password: 'secret-of-1002', headers: [{ name: 'X-Desk', value: '7' }] },
  ],
  more: {
    Trunk: {
      carrier: {
        contacts: [`sip:${outside}`],
        identify: { sources: [outside] },
        endpoint: { trusted: true },
        tagsFrom: { camp: 'X-Camp' },
        tagHeaders: { customer: 'X-Customer', camp: 'X-Camp' },
      },
    },
    Number: { '+34911000001': { destination: { user: '1002' }, tags: { line: 'sales' } } },
    Route: { all: { match: { prefix: '+' }, trunks: ['carrier'], tags: { camp: 'spring' } } },
  },
};

type Kind = 'callStarted' | 'callAnswered' | 'callEnded';

/** The tags that are told of at the beginning, the answer and the end of a call. */
async function toldTags(events: Tiers['events']): Promise<Readonly<Record<string, string>>[]> {
  const kinds: readonly Kind[] = ['callStarted', 'callAnswered', 'callEnded'];
  const told: event.Event[] = [];
  for (const wanted of kinds) told.push(await events.take(wanted, ({ kind }) => kind?.$case === wanted));
  return told.map(({ kind }) => (kind!.value as event.CallEnded).tags);
}

describe('tags of a call', () => {
  it('AS-23: are in headers of both legs, in all that is told of the call, and known to the edge that ends it', async ({
    tiers: start,
  }) => {
    const tiers = await start(tenant);
    await tiers.edge('edge-1', here);
    await tiers.edge('edge-2', there);
    const carrier = await tiers.outside(outside, here);
    const phone = await tiers.phone(here, 'udp', account('1001'));
    const invite = await phone.invite(`sip:+34600111222@${domain}`, { 'X-Customer': 'forged' });
    const asked = await carrier.wire.receive('INVITE');
    expect([asked.headers('X-Customer'), asked.headers('X-Camp')]).toEqual([['7'], ['spring']]);
    carrier.reply(asked, '200 OK', sdp, offer);
    const answer = await phone.final(invite);
    expect([answer.headers('X-Camp'), answer.headers('X-Customer')]).toEqual([['spring'], []]);
    const dialog = Dialog.ofCaller(phone, answer);
    dialog.acknowledge();
    await carrier.wire.receive('ACK');
    const tags = { customer: '7', camp: 'spring' };
    expect(await tiers.recorded()).toMatchObject({ tags });
    const { rows } = await listCalls(tiers.calls, undefined, Date.now());
    expect(rows).toMatchObject([{ tags }]);
    const elsewhere = await tiers.phone(there, 'udp', account('1001'));
    await Promise.all([carrier.answer('BYE'), dialog.at(elsewhere).ask('BYE')]);
    expect(await toldTags(tiers.events)).toEqual([tags, tags, tags]);
  });

  it('AS-21, AS-22, AS-23: come from a trusted trunk, whose calls ring otherwise than those of a colleague', async ({
    tiers: start,
  }) => {
    const tiers = await start(tenant);
    await tiers.edge('edge-1', here);
    const carrier = await tiers.outside(outside, here);
    const [alice, bob] = await Promise.all(
      ['1001', '1002'].map((user) => tiers.phone(here, 'udp', account(user))),
    );
    await bob!.register();
    const call = carrier.request('INVITE', `sip:+34911000001@${here}`, { ...sdp, 'X-Camp': 'fall' }, offer);
    carrier.send(call);
    const asked = await bob!.wire.receive('INVITE');
    expect([asked.headers('Alert-Info'), asked.headers('X-Desk')]).toEqual([
      ['<urn:alert:source:external>'],
      ['7'],
    ]);
    bob!.reply(asked, '200 OK', sdp, offer);
    const answer = await carrier.final(call);
    expect(answer.headers('X-Camp')).toEqual(['fall']);
    const dialog = Dialog.ofCaller(carrier, answer);
    dialog.acknowledge();
    await bob!.wire.receive('ACK');
    await Promise.all([bob!.answer('BYE'), dialog.ask('BYE')]);
    const tags = { camp: 'fall', line: 'sales' };
    expect(await toldTags(tiers.events)).toEqual([tags, tags, tags]);
    const forged = { 'Alert-Info': '<http://evil.example/ring>' };
    const internal = await connect(alice!, bob!, forged);
    expect(internal.invite.headers('Alert-Info')).toEqual(['<urn:alert:source:friend>']);
    await Promise.all([bob!.answer('BYE'), internal.caller.ask('BYE')]);
  });
});
