import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { connect, hangUp } from './call.ts';
import { it } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { fresh } from './request.ts';

const describe = needs('namespace');

const beyond = 'beyond.example';

/** The challenge of a callee, or of a proxy before it. */
function asks(realm: string, stale = false): string {
  return `Digest realm="${realm}", nonce="n${fresh()}", algorithm=MD5, qop="auth"${stale ? ', stale=true' : ''}`;
}

function realms(request: Message, header: string): (string | undefined)[] {
  return request.headers(header).map((value) => /realm="([^"]*)"/.exec(value)?.[1]);
}

/** The values of a header with credentials for a challenge. */
function proof(phone: Phone, challenge: Message, request: Message, nonceCount = 1): string {
  const realm = realms(challenge, 'Proxy-Authenticate')[0] ?? realms(challenge, 'WWW-Authenticate')[0]!;
  const as = { ...phone.account, domain: realm };
  return Object.values(phone.credentials(challenge, request, nonceCount, as))[0] as string;
}

/** A call that we have challenged. */
interface Opening {
  readonly alice: Phone;
  readonly bob: Phone;
  /** Headers of all its requests. */
  readonly common: Record<string, string>;
  readonly first: Message;
  readonly ours: Message;
}

async function challenged(phone: () => Promise<Phone>): Promise<Opening> {
  const [alice, bob] = [await phone(), await phone()];
  await bob.register();
  const common = { From: `<${alice.uri}>;tag=${fresh()}`, 'Call-ID': fresh() };
  const first = alice.offer(bob.uri, common);
  const ours = await alice.ask(first);
  alice.acknowledge(first, ours);
  return { alice, bob, common, first, ours };
}

/** Sends an INVITE with what answers our challenge and the others. */
function send(
  { alice, bob, common, first, ours }: Opening,
  number: number,
  [proxy, user]: readonly [proxy?: Message | undefined, user?: Message],
): Message {
  const own = Object.values(alice.credentials(ours, first, number - 1))[0] as string;
  const invite = alice.offer(bob.uri, {
    ...common,
    CSeq: `${number} INVITE`,
    'Proxy-Authorization': [own, ...(proxy ? [proof(alice, proxy, first)] : [])],
    ...(user && { Authorization: proof(alice, user, first) }),
  });
  alice.send(invite);
  return invite;
}

describe('a callee that asks for credentials', () => {
  it('gets them, with a proxy before it, and none of ours', async ({ phone }) => {
    const opening = await challenged(phone);
    const { alice, bob } = opening;
    let challenges: [proxy?: Message, user?: Message] = [];
    for (const [number, status, header] of [
      [2, '407 Proxy Authentication Required', 'Proxy-Authenticate'],
      [3, '401 Unauthorized', 'WWW-Authenticate'],
      [4, '401 Unauthorized', 'WWW-Authenticate'],
    ] as const) {
      const invite = send(opening, number, challenges);
      await bob.answer('INVITE', status, { [header]: asks(beyond, number === 4) });
      await bob.wire.receive('ACK');
      const challenge = await alice.final(invite);
      expect([statusOf(challenge), challenge.header(header).includes('stale=true')]).toEqual([
        Number.parseInt(status, 10),
        number === 4,
      ]);
      alice.acknowledge(invite, challenge);
      challenges = number === 2 ? [challenge] : [challenges[0]!, challenge];
    }
    const invite = send(opening, 5, challenges);
    const came = await bob.answer('INVITE', '603 No');
    expect([realms(came, 'Proxy-Authorization'), realms(came, 'Authorization')]).toEqual([
      [beyond],
      [beyond],
    ]);
    expect(statusOf(await alice.final(invite))).toBe(603);
  });

  it('within a call as well, to which ours are none of its business', async ({ phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await bob.register();
    const call = await connect(alice, bob);
    for (const [realm, seen] of [
      [beyond, [beyond]],
      [alice.account.domain, []],
    ] as const) {
      const invite = call.caller.request('INVITE', sdp, offer);
      alice.send(invite);
      await bob.answer('INVITE', '407 Proxy Authentication Required', { 'Proxy-Authenticate': asks(realm) });
      const challenge = await alice.final(invite);
      expect(statusOf(challenge)).toBe(407);
      alice.acknowledge(invite, challenge);
      const again = call.caller.request(
        'INVITE',
        { ...sdp, 'Proxy-Authorization': proof(alice, challenge, invite) },
        offer,
      );
      alice.send(again);
      const came = await bob.wire.receive('INVITE');
      expect(realms(came, 'Proxy-Authorization')).toEqual(seen);
      bob.reply(came, '200 OK', sdp, offer);
      expect(statusOf(await alice.final(again))).toBe(200);
      call.caller.acknowledge();
      await bob.wire.receive('ACK');
    }
    const update = call.caller.request('UPDATE', { Supported: 'timer', 'Session-Expires': '60' });
    alice.send(update);
    await bob.answer('UPDATE', '422 Session Interval Too Small', { 'Min-SE': '90' });
    const tooSmall = await alice.final(update);
    expect([statusOf(tooSmall), tooSmall.header('Min-SE')]).toEqual([422, '90']);
    await hangUp(call, bob);
  });

  it('does not get those for us, when it asks in our name', async ({ phone }) => {
    const opening = await challenged(phone);
    const { alice, bob } = opening;
    const asked = send(opening, 2, []);
    await bob.answer('INVITE', '401 Unauthorized', { 'WWW-Authenticate': asks(domain) });
    const challenge = await alice.final(asked);
    alice.acknowledge(asked, challenge);
    const again = send(opening, 3, [undefined, challenge]);
    expect(again.header('Authorization')).toContain(`realm="${domain}"`);
    await bob.wire.receive('ACK');
    const came = await bob.answer('INVITE', '603 No');
    expect([...came.headers('Authorization'), ...came.headers('Proxy-Authorization')]).toEqual([]);
    expect(statusOf(await alice.final(again))).toBe(603);
  });
});
