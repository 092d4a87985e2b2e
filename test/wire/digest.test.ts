import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { credentials, Sipp } from '../harness/sipp.ts';
import { domain, nextAccount } from './acme.ts';
import { it } from './fixture.ts';
import type { Phone } from './phone.ts';
import { statusOf } from './reply.ts';
import type { Headers } from './request.ts';
import { address, type Tiers, type TierTenant } from './tiers.ts';

const describe = needs('namespace', 'sipp');

const [here, there] = [address(11), address(12)];

/** Phones at two edges that share everything; the second is of whoever captured what the first said. */
async function twoEdges(
  open: (changes?: Partial<TierTenant>) => Promise<Tiers>,
): Promise<{ tiers: Tiers; alice: Phone; eve: Phone }> {
  const tiers = await open();
  await Promise.all([tiers.edge('edge-1', here), tiers.edge('edge-2', there)]);
  return { tiers, alice: await tiers.phone(here), eve: await tiers.phone(there) };
}

/** A REGISTER for one user, sent by any phone. */
function registerFor(user: Phone, sender: Phone, headers: Headers = {}): Message {
  const party = `<${user.uri}>`;
  return sender.request('REGISTER', `sip:${domain}`, { From: `${party};tag=1`, To: party, ...headers });
}

async function challenged(user: Phone, sender: Phone): Promise<[request: Message, challenge: Message]> {
  const request = registerFor(user, sender);
  return [request, await sender.ask(request)];
}

function challengeOf(response: Message): string {
  return response.header('WWW-Authenticate');
}

describe('digest', () => {
  it('with MD5 is what sipp registers with', async ({ live }) => {
    const host = await live.network.host('phones');
    const users = Array.from({ length: 20 }, () => nextAccount());
    const phones = await Sipp.start(host, {
      scenario: 'register',
      remote: live.tandem.proxy,
      lines: users.map(({ user, password }) => [user, credentials(user, password)]),
      calls: users.length,
      keys: { domain },
      digestUri: domain,
    });
    expect(await phones.succeed()).toMatchObject({ successful: users.length, failed: 0 });
  });

  it('with SHA-256 proves as much, where a tenant wants that', async ({ tiers: open }) => {
    const tiers = await open({ auth: { algorithms: ['SHA-256'] } });
    await tiers.edge('edge-1', here);
    const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
    const [request, challenge] = await challenged(alice, alice);
    expect(challengeOf(challenge)).toContain('algorithm=SHA-256');
    const proof = alice.credentials(challenge, request);
    expect(proof.Authorization).toMatch(/response="[0-9a-f]{64}"/);
    expect(statusOf(await alice.ask(registerFor(alice, alice, { CSeq: '2 REGISTER', ...proof })))).toBe(200);
    expect(statusOf(await bob.register())).toBe(200);
    const invite = await alice.invite(bob.uri);
    await bob.answer('INVITE', '486 Busy Here');
    expect(statusOf(await alice.final(invite))).toBe(486);
  });

  it('is not weakened by who answers in another algorithm', async ({ tiers: open }) => {
    const tiers = await open({ auth: { algorithms: ['SHA-256'] } });
    await tiers.edge('edge-1', here);
    const alice = await tiers.phone(here);
    const [request, challenge] = await challenged(alice, alice);
    const weaker = challenge.text.replace('algorithm=SHA-256', 'algorithm=MD5');
    const proof = alice.credentials(new Message(weaker), request);
    const refusal = await alice.ask(registerFor(alice, alice, { CSeq: '2 REGISTER', ...proof }));
    expect(statusOf(refusal)).toBe(401);
    expect(challengeOf(refusal)).not.toContain('stale');
  });

  it('offers several algorithms in the order of preference', async ({ tiers: open }) => {
    const tiers = await open({ auth: { algorithms: ['SHA-256', 'MD5'] } });
    await tiers.edge('edge-1', here);
    const alice = await tiers.phone(here);
    const [, challenge] = await challenged(alice, alice);
    expect(
      challenge.headers('WWW-Authenticate').map((value) => /algorithm=([^,]+)/.exec(value)?.[1]),
    ).toEqual(['SHA-256', 'MD5']);
  });
});

describe('a nonce', () => {
  it('is good at any edge, once for each count', async ({ tiers: open }) => {
    const { alice, eve } = await twoEdges(open);
    const [request, challenge] = await challenged(alice, alice);
    const proof = alice.credentials(challenge, request);
    const elsewhere = registerFor(alice, eve, { CSeq: '2 REGISTER', ...proof });
    expect(statusOf(await eve.ask(elsewhere))).toBe(200);
    const replayed = await alice.ask(registerFor(alice, alice, { CSeq: '3 REGISTER', ...proof }));
    expect(statusOf(replayed)).toBe(401);
    expect(challengeOf(replayed)).toMatch(/stale=true/i);
    const counted = alice.credentials(challenge, request, 2);
    expect(statusOf(await alice.ask(registerFor(alice, alice, { CSeq: '4 REGISTER', ...counted })))).toBe(
      200,
    );
  });

  it('that was captured is worth nothing at another edge', async ({ tiers: open }) => {
    const { tiers, alice, eve } = await twoEdges(open);
    const [request, challenge] = await challenged(alice, alice);
    const proof = alice.credentials(challenge, request);
    expect(statusOf(await alice.ask(registerFor(alice, alice, { CSeq: '2 REGISTER', ...proof })))).toBe(200);
    const replayed = await eve.ask(registerFor(alice, eve, { CSeq: '9 REGISTER', ...proof }));
    expect(statusOf(replayed)).toBe(401);
    expect(challengeOf(replayed)).toMatch(/stale=true/i);
    const again = await eve.ask(registerFor(alice, eve, proof));
    expect(statusOf(again)).toBe(401);
    const found = await tiers.location.lookup([`acme/${alice.account.user}`], Date.now());
    expect([...found.values()].flat().map(({ contact }) => `<${contact}>`)).toEqual([alice.contact]);
  });

  it('that has become old is replaced without asking for the password', async ({ tiers: open }) => {
    const { tiers, alice } = await twoEdges(open);
    const [request, challenge] = await challenged(alice, alice);
    const proof = alice.credentials(challenge, request);
    tiers.ahead = 301_000;
    const refusal = await alice.ask(registerFor(alice, alice, { CSeq: '2 REGISTER', ...proof }));
    expect(statusOf(refusal)).toBe(401);
    expect(challengeOf(refusal)).toMatch(/stale=true/i);
    const fresh = alice.credentials(refusal, request);
    expect(statusOf(await alice.ask(registerFor(alice, alice, { CSeq: '3 REGISTER', ...fresh })))).toBe(200);
  });

  it('that was made up proves nothing', async ({ tiers: open }) => {
    const { tiers, alice } = await twoEdges(open);
    const [request, challenge] = await challenged(alice, alice);
    const forged = challenge.text.replace(/nonce="(.)/, (_, first) => `nonce="${first === 'x' ? 'y' : 'x'}`);
    const proof = alice.credentials(new Message(forged), request);
    const refusal = await alice.ask(registerFor(alice, alice, { CSeq: '2 REGISTER', ...proof }));
    expect(statusOf(refusal)).toBe(401);
    expect(tiers.lines).toContainEqual(expect.objectContaining({ fault: 'nonce-forged' }));
  });

  it('of a REGISTER is none of another algorithm or realm', async ({ tiers: open }) => {
    const tiers = await open({ auth: { algorithms: ['SHA-256', 'MD5'] } });
    await tiers.edge('edge-1', here);
    const alice = await tiers.phone(here);
    const [request, challenge] = await challenged(alice, alice);
    const [strong = '', weak = ''] = challenge.headers('WWW-Authenticate');
    const nonceOf = (value: string) => /nonce="([^"]+)"/.exec(value)?.[1] ?? '';
    const swapped = challenge.text.replace(strong, '').replace(nonceOf(weak), nonceOf(strong));
    const proof = alice.credentials(new Message(swapped), request);
    const refusal = await alice.ask(registerFor(alice, alice, { CSeq: '2 REGISTER', ...proof }));
    expect(statusOf(refusal)).toBe(401);
    expect(tiers.lines).toContainEqual(expect.objectContaining({ fault: 'nonce-forged' }));
  });
});

describe('protection', () => {
  const md5 = (...parts: readonly string[]) => createHash('md5').update(parts.join(':')).digest('hex');

  it.for([
    ['no qop', (ha1: string, nonce: string, ha2: string) => `response="${md5(ha1, nonce, ha2)}"`],
    [
      'qop=auth-int',
      (ha1: string, nonce: string, ha2: string) =>
        `qop=auth-int, nc=00000001, cnonce="c", response="${md5(ha1, nonce, '00000001', 'c', 'auth-int', ha2)}"`,
    ],
  ] as const)('cannot be left out: %s', async ([, respond], { tiers: open }) => {
    const { tiers, alice } = await twoEdges(open);
    const [, challenge] = await challenged(alice, alice);
    const nonce = /nonce="([^"]+)"/.exec(challengeOf(challenge))?.[1] ?? '';
    const { user, password } = alice.account;
    const uri = `sip:${domain}`;
    const ha1 = md5(user, domain, password);
    const answer = respond(ha1, nonce, md5('REGISTER', uri));
    const Authorization = `Digest username="${user}", realm="${domain}", nonce="${nonce}", uri="${uri}", ${answer}`;
    const refusal = await alice.ask(registerFor(alice, alice, { CSeq: '2 REGISTER', Authorization }));
    expect(statusOf(refusal)).toBe(401);
    expect(tiers.lines).toContainEqual(expect.objectContaining({ fault: 'digest-unprotected' }));
  });
});
