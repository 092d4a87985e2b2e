import { once } from 'node:events';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { needs } from '../harness/needs.ts';
import { webSocketPort } from '../harness/wire.ts';
import { connect, hangUp, reoffer } from './call.ts';
import { everyTransport } from './everywhere.ts';
import { it } from './fixture.ts';
import { statusOf } from './reply.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

const [here, there] = [address(11), address(12)];

describe('a phone behind a WebSocket', () => {
  it('is reached by its own flow only, and not at all when that is gone', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here, everyTransport(here));
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here, 'ws')];
    expect(statusOf(await bob.register())).toBe(200);
    const call = await connect(alice, bob);
    // RFC 5658 §3.1: each side gets the address that it can reach.
    const [near, far] = call.invite.headers('Record-Route').flatMap((line) => line.split(','));
    expect(near).toMatch(new RegExp(`@${here}:${webSocketPort};transport=ws;lr>$`));
    expect(far?.trim()).toBe(`<sip:${here}:5060;lr>`);
    await hangUp(call, bob);
    bob.close();
    const gone = await alice.invite(bob.uri);
    expect(statusOf(await alice.final(gone))).toBe(480);
  });

  it('is known by its connection once it has registered, and by that one only', async ({ tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here, everyTransport(here));
    const [alice, bob] = [await tiers.phone(here, 'ws'), await tiers.phone(here, 'ws')];
    expect(statusOf(await alice.ask(alice.offer(bob.uri)))).toBe(407);
    await alice.register();
    expect(statusOf(await alice.ask(alice.offer(bob.uri)))).toBe(480);
    const again = await tiers.phone(here, 'ws', alice.account);
    expect(statusOf(await again.ask(again.offer(bob.uri)))).toBe(407);
  });

  it('at another edge is called, talks and hangs up, and any edge serves its dialog', async ({
    tiers: open,
  }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here, everyTransport(here));
    await tiers.edge('edge-2', there, everyTransport(there));
    const [alice, bob] = [await tiers.phone(here, 'ws'), await tiers.phone(there, 'ws')];
    await Promise.all([alice.register(), bob.register()]);
    const { caller, callee } = await connect(alice, bob);
    for (const [dialog, sender, peer] of [
      [caller, alice, bob],
      [callee, bob, alice],
    ] as const) {
      await reoffer(dialog, sender, peer);
    }
    const [, answer] = await Promise.all([alice.answer('BYE'), callee.ask('BYE')]);
    expect(statusOf(answer)).toBe(200);
    for (const phone of [alice, bob]) await phone.wire.silent();
    expect(tiers.sessions).toBe(0);
  });
});

describe('a page', () => {
  it('may be kept from speaking SIP', async ({ tiers: open }) => {
    const tiers = await open();
    const changes = { ...everyTransport(here), sipOrigins: ['https://phone.example'] };
    await tiers.edge('edge-1', here, changes);
    const ask = (origin: string): WebSocket =>
      new WebSocket(`ws://${here}:${webSocketPort}`, ['sip'], { origin });
    const [refusal] = await once(ask('https://other.example'), 'error');
    expect(String(refusal)).toMatch('403');
    const socket = ask('https://phone.example');
    await once(socket, 'open');
    socket.terminate();
  });
});
