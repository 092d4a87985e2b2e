import type { Edge } from '@tandem/edge';
import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { seriesOf, sumOf } from '../harness/scrape.ts';
import { Tandem } from '../harness/tandem.ts';
import { acme, domain, nextAccount } from './acme.ts';
import { dial } from './call.ts';
import { it } from './fixture.ts';
import { type Account, Phone } from './phone.ts';
import { statusOf } from './reply.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

const REQUESTS = 2_000;
/** Requests outside dialogs in a second, and at once, where that is tested. */
const RATE = 2;
const BURST = 10 * RATE;
/** Challenges that a stranger may leave unanswered at once. */
const UNANSWERED = 10;

function strangerNamed(user: string): Account {
  return { user, domain, password: 'unknown' };
}

function transactionsOf({ status }: Edge): number {
  return Object.values(status.transactions).reduce(
    (sum, { active, completed }) => sum + active + completed,
    0,
  );
}

describe('a flood leaves nothing behind', () => {
  it('of REGISTERs of ever other names', async ({ tiers: open }) => {
    const tiers = await open();
    const edge = await tiers.edge('edge-1', address(7));
    const phone = await tiers.phone(address(7));
    for (let turn = 0; turn < REQUESTS; turn++) {
      const party = `<sip:${turn}@${domain}>`;
      const register = phone.request('REGISTER', `sip:${domain}`, { To: party, From: `${party};tag=1` });
      expect(statusOf(await phone.ask(register))).toBe(401);
    }
    expect([transactionsOf(edge), edge.status.counters.challenged]).toEqual([0, REQUESTS]);
  });

  it('of INVITEs over one connection, whose challenges nobody answers or acknowledges', async ({
    tiers: open,
  }) => {
    const tiers = await open();
    const edge = await tiers.edge('edge-1', address(7));
    const phone = await tiers.phone(address(7), 'tcp');
    for (let turn = 0; turn < REQUESTS; turn++) {
      expect(statusOf(await phone.ask(phone.offer(`sip:${turn}@${domain}`)))).toBe(407);
    }
    expect([transactionsOf(edge), edge.status.ringing, edge.status.calls]).toEqual([0, 0, 0]);
  });

  it('of wrong passwords, each with its nonce', async ({ tiers: open }) => {
    const tiers = await open();
    const edge = await tiers.edge('edge-1', address(7));
    const guesser = await tiers.phone(address(7), 'udp', { ...nextAccount(), password: 'a guess' });
    for (let turn = 0; turn < REQUESTS / 4; turn++) expect(statusOf(await guesser.register())).toBe(401);
    // A refusal of credentials is a challenge again, and costs no more than that.
    expect(transactionsOf(edge)).toBe(0);
  });
});

describe('somebody who is not trusted', () => {
  it('gets 503 above its rate, and an answer to every request', async ({ network }) => {
    const host = await network.host('tandem');
    const env = { TANDEM_SIP_TRUSTED: '', TANDEM_SIP_SOURCE_RATE: `${RATE}` };
    const tandem = await Tandem.start(host, acme, [], [], env);
    const line = { transport: 'udp', local: network.gateway, remote: host.address } as const;
    const phone = await Phone.open(nextAccount(), line);
    expect(statusOf(await phone.register())).toBe(200);
    const statuses: number[] = [];
    while (!statuses.includes(503) && statuses.length < 10 * BURST) {
      statuses.push(statusOf(await phone.ask(phone.request('OPTIONS', `sip:${domain}`))));
    }
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(BURST - 2);
    expect(statuses.at(-1)).toBe(503);
    const limited = sumOf(await seriesOf(tandem), 'tandem_sip_refused_total', { reason: 'limited' });
    expect(limited).toBe(1);
    phone.close();
  });

  it('and nobody knows is not heard after ten challenges, whomever it calls', async ({ network }) => {
    const host = await network.host('tandem');
    const tandem = await Tandem.start(host, acme, [], [], { TANDEM_SIP_TRUSTED: '' });
    const refused = async (reason: string): Promise<number> =>
      sumOf(await seriesOf(tandem), 'tandem_sip_refused_total', { reason });
    const line = { transport: 'udp', local: network.gateway, remote: host.address } as const;
    const stranger = await Phone.open(strangerNamed('sipp'), line);
    for (let turn = 0; turn < UNANSWERED; turn++) {
      const invite = stranger.offer(`sip:${100 + turn}@${host.address}`);
      const refusal = await stranger.ask(invite);
      expect(statusOf(refusal)).toBe(407);
      stranger.acknowledge(invite, refusal);
    }
    const more = 3 * UNANSWERED;
    for (let turn = 0; turn < more; turn++) stranger.send(stranger.offer(`sip:${turn}@${host.address}`));
    await until(
      () => 'every request to be counted',
      async () => (await refused('strangers')) + (await refused('challenged')) === UNANSWERED + more,
    );
    expect(await refused('strangers')).toBeGreaterThan(more / 2);
    // No router was asked about the others, and none looked for whom they call.
    const verdicts = await seriesOf(tandem);
    const asked = sumOf(verdicts, 'tandem_verdicts_total');
    expect(asked).toBe(sumOf(verdicts, 'tandem_verdicts_total', { verdict: 'challenge' }));
    expect(asked).toBe(await refused('challenged'));
    stranger.close();
  });
});

describe('a challenge of a phone', () => {
  it('goes to the caller: no credentials are sent to whoever asks for them', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const invite = await dial(alice, bob.uri);
    const asked = await bob.wire.receive('INVITE');
    const challenge = `Digest realm="${domain}", nonce="n", algorithm=MD5, qop="auth"`;
    bob.reply(asked, '407 Proxy Authentication Required', { 'Proxy-Authenticate': challenge });
    const ack = await bob.wire.receive('ACK');
    expect(ack.headers('Proxy-Authorization')).toEqual([]);
    const refusal = await alice.final(invite);
    expect([statusOf(refusal), refusal.headers('Proxy-Authenticate')]).toEqual([407, [challenge]]);
    alice.acknowledge(invite, refusal);
    await bob.wire.silent();
  });
});
