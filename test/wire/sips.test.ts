import { expect } from 'vitest';
import { Authority } from '../harness/authority.ts';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { connect, hangUp } from './call.ts';
import { Dialog } from './dialog.ts';
import { everyTransport } from './everywhere.ts';
import { it as base } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import type { Headers } from './request.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace', 'openssl');

const [here, there, outside] = [address(11), address(12), address(30)];

/** Tiers with an edge that speaks TLS, and what makes another one. */
const it = base.extend<{ secure: Tiers; edge: (id: string, host: string) => Promise<unknown> }>({
  secure: async ({ tiers: open }, use) => {
    const more = {
      Trunk: { plain: { contacts: [`sip:${outside}`] } },
      Route: { all: { match: { prefix: '+' }, trunks: ['plain'] } },
    };
    await use(await open({ callsToOtherDomains: true, followRedirects: true, more }));
  },
  edge: async ({ secure }, use) => {
    const authority = await Authority.create();
    await use(async (id, host) =>
      secure.edge(id, host, everyTransport(host, await authority.issue(['DNS:acme.example']))),
    );
  },
});

/** Where a phone is, and that it is to be reached securely. */
function contact(phone: Phone, scheme = 'sips'): Headers {
  return { Contact: `<${scheme}:${phone.account.user}@${phone.wire.local}>` };
}

/** An INVITE for a sips URI. */
function invite(phone: Phone, user: string, headers: Headers = contact(phone)): Message {
  return phone.offer(`sips:${user}@${domain}`, headers);
}

describe('a call to a sips URI', () => {
  for (const [name, far] of [
    ['of a phone at the same edge', here],
    ['of a phone at another edge', there],
  ] as const) {
    it(`${name} is one over TLS alone, and comes back so`, async ({ edge, secure }) => {
      await edge('edge-1', here);
      await edge('edge-2', there);
      const [alice, bob] = [await secure.phone(here, 'tls'), await secure.phone(far, 'tls')];
      await alice.register(contact(alice));
      await bob.register(contact(bob));
      const sent = invite(alice, bob.account.user);
      alice.send(sent);
      const asked = await bob.wire.receive('INVITE');
      expect(asked.start).toBe(`INVITE sips:${bob.account.user}@${bob.wire.local} SIP/2.0`);
      expect(asked.header('Via')).toMatch(`SIP/2.0/TLS ${far}:5061;`);
      expect(asked.headers('Record-Route')).toEqual([
        expect.stringMatching(new RegExp(`^<sips:[\\w-]+@${here}:5061;lr>$`)),
      ]);
      const said = bob.reply(asked, '200 OK', { ...sdp, ...contact(bob) }, offer);
      const caller = Dialog.ofCaller(alice, await alice.final(sent));
      caller.acknowledge();
      await bob.wire.receive('ACK');
      // Its requests go to the edge that the route names.
      const callee = Dialog.ofCallee(bob, asked, said).at(await secure.phone(here, 'tls', bob.account));
      const [info, told] = await Promise.all([alice.answer('INFO'), callee.ask('INFO')]);
      expect([info.start, statusOf(told)]).toEqual([
        `INFO sips:${alice.account.user}@${alice.wire.local} SIP/2.0`,
        200,
      ]);
      await hangUp({ caller }, bob);
    });
  }

  it.for([
    ['that comes in the clear is refused', 'tcp', 'sips', 403],
    ['with a Contact that is not sips is refused', 'tls', 'sip', 400],
  ] as const)('%s', async ([, transport, scheme, status], { edge, secure }) => {
    await edge('edge-1', here);
    const [alice, bob] = [await secure.phone(here, transport), await secure.phone(here, 'tls')];
    for (const each of [alice, bob]) await each.register(contact(each));
    const asked = invite(alice, bob.account.user, contact(alice, scheme));
    expect(statusOf(await alice.ask(asked))).toBe(status);
    await bob.wire.silent();
  });

  it.for([
    ['with a sip Contact', 'tls', 'sip'],
    ['in the clear', 'tcp', 'sips'],
  ] as const)(
    'does not reach a phone that has registered %s',
    async ([, transport, scheme], { edge, secure }) => {
      await edge('edge-1', here);
      const [alice, bob] = [await secure.phone(here, 'tls'), await secure.phone(here, transport)];
      await alice.register(contact(alice));
      await bob.register(contact(bob, scheme));
      const refused = await alice.ask(invite(alice, bob.account.user));
      expect(statusOf(refused)).toBe(480);
      expect(refused.header('Warning')).toMatch(/^380 /);
      await bob.wire.silent();
    },
  );

  it('does not leave by a trunk without a sips contact, nor for a domain in the clear', async ({
    edge,
    secure,
  }) => {
    await edge('edge-1', here);
    const [alice, other] = [await secure.phone(here, 'tls'), await secure.outside(outside, here)];
    await alice.register(contact(alice));
    expect(statusOf(await alice.ask(invite(alice, '+34600111222')))).toBe(480);
    // Nobody speaks TLS there: it is not tried otherwise.
    const elsewhere = await alice.ask(alice.offer(`sips:bob@${outside}:5060`, contact(alice)));
    expect(statusOf(elsewhere)).toBe(480);
    await other.wire.silent();
  });

  it('is not sent on to a sip URI by who is called', async ({ edge, secure }) => {
    await edge('edge-1', here);
    const [alice, bob] = [await secure.phone(here, 'tls'), await secure.phone(here, 'tls')];
    const carol = await secure.phone(here, 'tls');
    for (const each of [alice, bob, carol]) await each.register(contact(each));
    for (const [scheme, status] of [
      ['sip', 302],
      ['sips', 486],
    ] as const) {
      const asked = invite(alice, bob.account.user);
      alice.send(asked);
      const target = `<${scheme}:${carol.account.user}@${domain}>`;
      await bob.answer('INVITE', '302 Moved Temporarily', { Contact: target });
      await bob.wire.receive('ACK');
      if (scheme === 'sips') await carol.answer('INVITE', '486 Busy Here');
      if (scheme === 'sips') await carol.wire.receive('ACK');
      const final = await alice.final(asked);
      expect(statusOf(final)).toBe(status);
      alice.acknowledge(asked, final);
    }
    await carol.wire.silent();
  });
});

describe('a phone with a sips Contact', () => {
  it('is called by sip URIs as well, over its connection and nothing else', async ({ edge, secure }) => {
    await edge('edge-1', here);
    const [alice, bob] = [await secure.phone(here), await secure.phone(here, 'tls')];
    await bob.register(contact(bob));
    const call = await connect(alice, bob, {}, () => contact(bob, 'sip'));
    expect(call.invite.start).toBe(`INVITE sip:${bob.account.user}@${bob.wire.local} SIP/2.0`);
    await hangUp(call, bob);
    bob.close();
    const refused = await alice.invite(bob.uri);
    expect(statusOf(await alice.final(refused))).toBe(480);
  });
});
