import type { RegistrationChange } from '@tandem/location';
import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { dial } from './call.ts';
import { it } from './fixture.ts';
import { statusOf } from './reply.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const edge = address(11);
const others = 100_000;

/** The bindings of many users beside those that the test is about. */
async function crowd({ location }: Tiers): Promise<void> {
  const flow = {
    edge: 'edge-1',
    transport: 'udp',
    host: '192.0.2.1',
    port: 5060,
    localPort: 5060,
    connection: 0,
  };
  const common = { cseq: 1, path: [], flow, userAgent: '', maxContacts: 5, policy: 'reject' } as const;
  for (let user = 0; user < others; user++) {
    const contacts = [{ contact: contactOf(user), q: 1_000, expires: 600 }];
    const change: RegistrationChange = { ...common, callId: `crowd-${user}`, contacts };
    await location.update(`acme/crowd-${user}`, change, Date.now());
  }
}

function contactOf(user: number): string {
  return `sip:crowd-${user}@192.0.2.1:${1024 + (user % 60_000)}`;
}

describe('the location of a phone', () => {
  it('is found among 100,000 others', async ({ tiers: open }) => {
    const tiers = await open();
    await Promise.all([tiers.edge('edge-1', edge), crowd(tiers)]);
    const alice = await tiers.phone(edge);
    for (let turn = 0; turn < 20; turn++) {
      const bob = await tiers.phone(edge);
      await bob.register();
      const invite = await dial(alice, bob.uri);
      expect((await bob.answer('INVITE', '486 Busy Here')).start).toContain(bob.account.user);
      expect(statusOf(await alice.final(invite))).toBe(486);
    }
    for (let user = 7; user < others; user += 997) {
      const aor = `acme/crowd-${user}`;
      const found = await tiers.location.lookup([aor], Date.now());
      expect(found.get(aor)?.map(({ contact }) => contact)).toEqual([contactOf(user)]);
    }
  });

  it('is none when its time is over: nothing rings there', async ({ tiers: open }) => {
    const tiers = await open({ registration: { minExpires: 1, defaultExpires: 60, maxExpires: 60 } });
    await tiers.edge('edge-1', edge);
    const [alice, bob] = [await tiers.phone(edge), await tiers.phone(edge)];
    const brief = await bob.register({ Expires: '1' });
    expect(brief.header('Contact')).toContain(';expires=1');
    const second = await bob.register({ Expires: '60', Contact: `<sip:second@${bob.wire.local}>` });
    expect(second.headers('Contact')).toHaveLength(2);

    tiers.ahead = 1_500;
    const invite = await dial(alice, bob.uri);
    expect((await bob.answer('INVITE', '486 Busy Here')).start).toContain('sip:second@');
    expect(statusOf(await alice.final(invite))).toBe(486);
    await bob.wire.receive('ACK');
    await bob.wire.silent();

    tiers.ahead = 61_000;
    const again = await alice.invite(bob.uri);
    expect((await alice.final(again)).start).toBe('SIP/2.0 480 Temporarily Unavailable');
    await bob.wire.silent();
  });
});
