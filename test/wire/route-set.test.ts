import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { connect, hangUp } from './call.ts';
import { elements } from './dialog.ts';
import { it } from './fixture.ts';
import type { Phone } from './phone.ts';
import { statusOf } from './reply.ts';

const describe = needs('namespace');

const pairs = [
  ['udp', 'udp'],
  ['tcp', 'tcp'],
  ['udp', 'tcp'],
  ['tcp', 'udp'],
] as const;

function target(request: Message): string | undefined {
  return request.start.split(' ')[1];
}

function bare({ contact }: Phone): string {
  return contact.slice(1, -1);
}

describe('the route set of a dialog', () => {
  it.for(pairs)('names the edge towards each side, from %s to %s', async ([from, to], { live, phone }) => {
    const [alice, bob] = [await phone(from), await phone(to)];
    await Promise.all([alice.register(), bob.register()]);
    const call = await connect(alice, bob);
    const names = (transport: string) =>
      new RegExp(`^<sip:(\\S+@)?${live.tandem.proxy}${transport === 'tcp' ? ';transport=tcp' : ''};lr>$`);
    const [towardsBob, towardsAlice = towardsBob, ...others] = call.callee.routes;
    expect(towardsBob).toMatch(names(to));
    expect(towardsAlice).toMatch(names(from));
    expect(others).toEqual([]);
    expect(call.caller.routes).toEqual(call.callee.routes.toReversed());
    expect(call.callee.routes).toHaveLength(from === to ? 1 : 2);
    await hangUp(call, bob);
  });

  it.for(pairs)('leads the requests of both sides, from %s to %s', async ([from, to], { phone }) => {
    const [alice, bob] = [await phone(from), await phone(to)];
    await Promise.all([alice.register(), bob.register()]);
    const call = await connect(alice, bob);
    const [info] = await Promise.all([alice.answer('INFO'), call.callee.ask('INFO')]);
    const bye = await hangUp(call, bob);
    for (const [request, to] of [
      [call.ack, bob],
      [info, alice],
      [bye, bob],
    ] as const) {
      expect(target(request)).toBe(bare(to));
      expect(request.headers('Route')).toEqual([]);
      expect(request.header('Max-Forwards')).toBe('69');
    }
  });

  it('goes on with the routes of others behind ours, loosely', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const beyond = `<sip:beyond@${bob.wire.local};lr>`;
    const call = await connect(alice, bob, {}, (invite) => ({
      'Record-Route': [beyond, ...invite.headers('Record-Route')],
    }));
    const bye = await hangUp(call, bob);
    expect(target(bye)).toBe(bare(bob));
    expect(elements(bye.headers('Route'))).toEqual([beyond]);
  });

  it('goes on with the routes of others behind ours, strictly', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const strict = `sip:strict@${bob.wire.local}`;
    const call = await connect(alice, bob, {}, (invite) => ({
      'Record-Route': [`<${strict}>`, ...invite.headers('Record-Route')],
    }));
    const bye = await hangUp(call, bob);
    expect(target(bye)).toBe(strict);
    expect(elements(bye.headers('Route'))).toEqual([bob.contact]);
  });

  it('is followed from a strict router, which had put our route into the Request-URI', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const call = await connect(alice, bob);
    const [own = ''] = call.caller.routes;
    const loose = call.caller.request('BYE', { Route: bob.contact });
    const strict = loose.text.replace(/^BYE \S+/, `BYE ${own.slice(1, -1)}`);
    alice.wire.send(strict);
    const bye = await bob.answer('BYE');
    expect(target(bye)).toBe(bare(bob));
    expect(bye.headers('Route')).toEqual([]);
    expect(statusOf(await alice.final(loose))).toBe(200);
  });

  it('leads nowhere without our token, or with the token of another dialog', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const [first, second] = [await connect(alice, bob), await connect(alice, bob)];
    expect(statusOf(await first.caller.ask('BYE', { Route: undefined }))).toBe(481);
    expect(statusOf(await first.caller.ask('BYE', { Route: second.caller.routes }))).toBe(481);
    const broken = first.caller.routes.map((route) => route.replace(/sip:../, 'sip:xx'));
    expect(statusOf(await first.caller.ask('BYE', { Route: broken }))).toBe(481);
    for (const call of [first, second]) await hangUp(call, bob);
  });
});
