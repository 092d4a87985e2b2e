import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import type { Tandem } from '../harness/tandem.ts';
import { domain } from './acme.ts';
import { it } from './fixture.ts';
import type { Phone } from './phone.ts';
import { statusOf } from './reply.ts';
import { fresh } from './request.ts';

const describe = needs('namespace');

/** A row of `tandem registrations -o json`, as far as tests look. */
interface Row {
  readonly user: string;
  readonly contact: string;
  readonly transport: string;
  readonly source: string;
  readonly q: number;
  readonly expiresIn: number;
  readonly userAgent: string;
}

/** What the running system says of a user's contacts. */
async function contactsOf(tandem: Tandem, { account }: Phone): Promise<Row[]> {
  const rows = JSON.parse(await tandem.ask('registrations', '-o', 'json')) as Row[];
  return rows.filter(({ user }) => user === account.user);
}

function bare({ contact }: Phone): string {
  return contact.slice(1, -1);
}

describe('a registration', () => {
  it('is listed when its 200 arrives, refreshed, and gone with its last', async ({
    live: { tandem },
    phone,
  }) => {
    const alice = await phone();
    const callId = fresh();
    const registered = await alice.register({ 'Call-ID': callId, Expires: '120', 'User-Agent': 'wire/1' });
    expect(registered.headers('Contact')).toEqual([`${alice.contact};expires=120`]);
    expect(Date.parse(registered.header('Date'))).toBeGreaterThan(0);
    const [row, ...others] = await contactsOf(tandem, alice);
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      contact: bare(alice),
      transport: 'udp',
      source: alice.wire.local,
      q: 1,
      userAgent: 'wire/1',
    });
    expect(row?.expiresIn).toBeGreaterThan(100);

    await alice.register({ Expires: '3000', 'User-Agent': 'wire/2' });
    const [refreshed] = await contactsOf(tandem, alice);
    expect(refreshed).toMatchObject({ contact: bare(alice), userAgent: 'wire/2' });
    expect(refreshed?.expiresIn).toBeGreaterThan(2900);

    const gone = await alice.register({ Contact: `${alice.contact};expires=0` });
    expect(gone.headers('Contact')).toEqual([]);
    expect(await contactsOf(tandem, alice)).toEqual([]);
  });

  it('ends with all others of its user by *', async ({ live: { tandem }, phone }) => {
    const alice = await phone();
    await alice.register({ Contact: ['<sip:a@192.0.2.1>', '<sip:b@192.0.2.2>'] });
    expect(await contactsOf(tandem, alice)).toHaveLength(2);
    const cleared = await alice.register({ Contact: '*', Expires: '0' });
    expect(cleared.headers('Contact')).toEqual([]);
    expect(await contactsOf(tandem, alice)).toEqual([]);
  });

  it.for([
    ['with an interval', { Contact: '*', Expires: '60' }],
    ['without one', { Contact: '*' }],
    ['with another contact', { Contact: ['*', '<sip:a@192.0.2.1>'], Expires: '0' }],
  ] as const)('is not touched by a * %s', async ([, headers], { phone }) => {
    const alice = await phone();
    await alice.register();
    expect(statusOf(await alice.register(headers))).toBe(400);
    expect((await alice.register({ Contact: undefined })).headers('Contact')).toHaveLength(1);
  });

  it('tells all contacts with their preference and what is left of their time', async ({ phone }) => {
    const alice = await phone();
    const contacts = ['<sip:a@192.0.2.1>;q=0.7;expires=60', '<sip:b@192.0.2.2;ob>;q=0.255'];
    const answer = await alice.register({ Contact: contacts.join(', '), Expires: '90' });
    expect(answer.headers('Contact').toSorted()).toEqual([
      '<sip:a@192.0.2.1>;expires=60;q=0.7',
      '<sip:b@192.0.2.2;ob>;expires=90;q=0.255',
    ]);
  });

  it('is asked for without a change when it has no Contact', async ({ phone }) => {
    const alice = await phone();
    expect((await alice.register({ Contact: undefined })).headers('Contact')).toEqual([]);
    await alice.register();
    expect((await alice.register({ Contact: undefined })).headers('Contact')).toHaveLength(1);
  });

  it.for([
    ['in the header', { Expires: '5' }],
    ['in the contact', { Contact: '<sip:a@192.0.2.1>;expires=59' }],
  ] as const)('is refused as too brief, by an interval %s', async ([, headers], { phone }) => {
    const alice = await phone();
    const refusal = await alice.register(headers);
    expect(refusal.start).toBe('SIP/2.0 423 Interval Too Brief');
    expect(refusal.header('Min-Expires')).toBe('60');
    expect((await alice.register({ Contact: undefined })).headers('Contact')).toEqual([]);
  });

  it('has its Path echoed, when the phone knows what that is', async ({ phone }) => {
    const alice = await phone();
    const path = ['<sip:p2.example;lr>', '<sip:p1.example;lr>'];
    const answer = await alice.register({ Path: path, Supported: 'path' });
    expect(answer.headers('Path')).toEqual(path);
    const refusal = await alice.register({ Path: path });
    expect(refusal.start).toBe('SIP/2.0 420 Bad Extension');
    expect(refusal.header('Unsupported')).toBe('path');
  });

  it('is not changed by a request that is older than it', async ({ phone }) => {
    const alice = await phone();
    const registrar = `sip:${domain}`;
    const common = { To: `<${alice.uri}>`, 'Call-ID': fresh() };
    const challenged = alice.request('REGISTER', registrar, { ...common, CSeq: '10 REGISTER' });
    const challenge = await alice.ask(challenged);
    const ask = (cseq: number, nonceCount: number, expires: number) =>
      alice.ask(
        alice.request('REGISTER', registrar, {
          ...common,
          ...alice.credentials(challenge, challenged, nonceCount),
          CSeq: `${cseq} REGISTER`,
          Expires: String(expires),
        }),
      );
    expect(statusOf(await ask(12, 1, 600))).toBe(200);
    for (const cseq of [11, 12]) expect(statusOf(await ask(cseq, cseq, 0))).toBe(500);
    expect((await alice.register({ Contact: undefined })).headers('Contact')).toHaveLength(1);
    expect((await ask(13, 13, 0)).headers('Contact')).toEqual([]);
  });

  it.for([
    ['a scheme that is not SIP', { Contact: '<mailto:a@192.0.2.1>' }],
    ['a q over 1', { Contact: '<sip:a@192.0.2.1>;q=1.5' }],
  ] as const)('is refused for %s', async ([, headers], { phone }) => {
    const alice = await phone();
    expect(statusOf(await alice.register(headers))).toBe(400);
  });

  it('ends with the connection that it came over', async ({ live: { tandem }, phone }) => {
    const alice = await phone('tcp');
    await alice.register();
    expect(await contactsOf(tandem, alice)).toMatchObject([{ transport: 'tcp', source: alice.wire.local }]);
    alice.close();
    await (await phone('tcp')).wire.silent();
    expect(await contactsOf(tandem, alice)).toEqual([]);
  });
});
