import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { acme, domain } from './acme.ts';
import { connect } from './call.ts';
import { it } from './fixture.ts';
import type { Phone } from './phone.ts';
import { statusOf } from './reply.ts';
import { fresh } from './request.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

function partyOf({ uri }: Phone): string {
  return `<${uri}>;tag=${fresh()}`;
}

describe('From', () => {
  it('is no proof: whoever writes another name is asked for its password, and nobody rings', async ({
    phone,
  }) => {
    const [eve, alice, bob] = [await phone(), await phone(), await phone()];
    await Promise.all([alice.register(), bob.register()]);
    const forged = eve.offer(bob.uri, { From: partyOf(alice) });
    const challenge = await eve.ask(forged);
    expect(challenge.start).toBe('SIP/2.0 407 Proxy Authentication Required');
    eve.acknowledge(forged, challenge);
    await bob.wire.silent();
  });

  it('has to be of who has proven itself', async ({ phone }) => {
    const [eve, alice, bob] = [await phone(), await phone(), await phone()];
    await bob.register();
    const invite = await eve.invite(bob.uri, { From: partyOf(alice) });
    expect((await eve.final(invite)).start).toBe('SIP/2.0 403 Forbidden');
    await bob.wire.silent();
  });

  it('has to be of who has registered over the connection', async ({ phone }) => {
    const [eve, alice, bob] = [await phone('tcp'), await phone(), await phone()];
    await Promise.all([eve.register(), bob.register()]);
    const forged = eve.offer(bob.uri, { From: partyOf(alice) });
    expect(statusOf(await eve.ask(forged))).toBe(407);
    await bob.wire.silent();
  });

  it('of a REGISTER counts less than To, which has to be of who has proven itself', async ({ phone }) => {
    const [eve, alice] = [await phone(), await phone()];
    const refusal = await eve.register({ To: `<${alice.uri}>` });
    expect(refusal.start).toBe('SIP/2.0 403 Forbidden');
    expect((await alice.register({ Contact: undefined })).headers('Contact')).toEqual([]);
  });

  it('may be of a connection only for as long as that lasts', async ({ phone }) => {
    const [alice, bob] = [await phone('tcp'), await phone()];
    await Promise.all([alice.register(), bob.register()]);
    const again = await phone('tcp', alice.account);
    expect(statusOf(await again.ask(again.offer(bob.uri)))).toBe(407);
  });
});

describe('credentials', () => {
  it('stay here, whatever request they come with', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const call = await connect(alice, bob);
    const proof = { 'Proxy-Authorization': 'Digest username="1", realm="acme.example", response="r"' };
    call.caller.acknowledge(proof);
    const ack = await bob.wire.receive('ACK');
    const [info] = await Promise.all([bob.answer('INFO'), call.caller.ask('INFO', proof)]);
    const [bye] = await Promise.all([bob.answer('BYE'), call.caller.ask('BYE', proof)]);
    for (const request of [call.invite, ack, info, bye]) {
      expect(request.headers('Proxy-Authorization')).toEqual([]);
    }
  });
});

describe('a user who is disabled', () => {
  it('neither registers nor calls nor is called, and the log says who it is', async ({ tiers: open }) => {
    const gone = { user: '1398', domain, password: 'secret-of-1398' };
    const users = acme.users.map((user) => ({ ...user, enabled: user.name !== gone.user }));
    const tiers = await open({ users });
    await tiers.edge('edge-1', address(11));
    const [alice, bob] = [await tiers.phone(address(11)), await tiers.phone(address(11), 'udp', gone)];
    expect(statusOf(await bob.register())).toBe(403);
    const refusals = [
      await bob.final(await bob.invite(alice.uri)),
      await alice.final(await alice.invite(bob.uri)),
    ];
    expect(refusals.map(statusOf)).toEqual([403, 404]);
    const faults = tiers.lines.filter(({ explanation }) =>
      JSON.stringify(explanation)?.includes('1398 is disabled'),
    );
    expect(faults.map(({ fault }) => fault)).toEqual([
      'account-disabled',
      'account-disabled',
      'user-disabled',
    ]);
  });
});
