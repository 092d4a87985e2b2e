import { expect } from 'vitest';
import { Baresip } from '../harness/baresip.ts';
import { until } from '../harness/deadline.ts';
import { it } from '../harness/fixture.ts';
import { Nat } from '../harness/nat.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { Sipp } from '../harness/sipp.ts';
import { Tandem } from '../harness/tandem.ts';
import { request, script } from '../wire/sipp-script.ts';
import { acme, Office, uriOf } from './office.ts';

const describe = needs('namespace', 'baresip', 'sipp', 'iptables');

/** What `tandem trunks` says of the parts of a trunk that tests look at. */
interface Row {
  readonly trunk: string;
  readonly login: { readonly sequence: number; readonly contact: string };
  readonly conditions: readonly { readonly type: string; readonly reason: string; readonly detail: string }[];
}

/** A line of the log about a part of a trunk. */
type Change = Readonly<Record<'condition' | 'reason' | 'status' | 'detail' | 'layer', string>>;

const account = { user: 'acct', domain: 'carrier.example', retry: 5 };

/** A provider with a registrar, which is another Tandem: our account is a user there. */
async function provider(network: Network, algorithm: 'MD5' | 'SHA-256' = 'MD5', minExpires = 60) {
  return Tandem.start(await network.host('provider'), {
    name: 'carrier',
    domains: [account.domain],
    users: [
      // Kept alive by nobody: what arrives is the call.
      { name: account.user, password: 'right-password', keepAlive: 0 },
      { name: 'caller', password: 'of-caller' },
    ],
    auth: { algorithms: [algorithm] },
    registration: { minExpires },
  });
}

/** Milliseconds in which a call has to arrive again. */
const AGAIN = 30_000;

/** An answer of a registrar, with more headers. */
function answering(said: string, more: readonly string[]): string {
  const head = ['Via:', 'From:', 'To:', 'Call-ID:', 'CSeq:'].map((name) => `[last_${name}]`);
  return `<send><![CDATA[\n\n${[`SIP/2.0 ${said}`, ...head, ...more, 'Content-Length: 0'].join('\n')}\n\n]]></send>`;
}

interface Login {
  readonly password?: string;
  readonly realm?: string;
  readonly expires?: number;
}

function office(network: Network, carrier: Tandem, login: Login = {}): Promise<Office> {
  return Office.open(network, tenant(carrier, login));
}

function tenant({ proxy }: Tandem, { password = 'right-password', realm, expires = 600 }: Login) {
  const auth = { username: account.user, password, realm: realm ?? account.domain };
  const carrier = { contacts: [`sip:${proxy}`], auth, registration: { ...account, expires } };
  const numbers = { acct: { destination: { user: '1001' } } };
  return acme({ 1001: {} }, { more: { Trunk: { carrier }, Number: numbers } });
}

/** What becomes of being registered. */
async function registered({ tandem }: Office, status: 'true' | 'false'): Promise<Change> {
  for (;;) {
    const change = (await tandem.logged('a trunk has changed')) as Change;
    if (change.condition === 'Registered' && change.status === status) return change;
  }
}

async function rows({ tandem }: Office): Promise<Row[]> {
  return JSON.parse(await tandem.ask('trunks', '-o', 'json')) as Row[];
}

async function row(home: Office): Promise<Row> {
  const all = await rows(home);
  expect(all).toHaveLength(1);
  return all[0]!;
}

describe('a trunk', () => {
  it.for(['MD5', 'SHA-256'] as const)(
    'is registered by %s, with a password that nobody shows (TR-20, PJ-06, FP-05)',
    async (algorithm, { network }) => {
      const carrier = await provider(network, algorithm);
      const home = await office(network, carrier);
      await registered(home, 'true');
      const there = JSON.parse(await carrier.ask('registrations', '-o', 'json')) as Record<string, unknown>[];
      const { login, conditions } = await row(home);
      expect(there).toMatchObject([{ user: 'acct', contact: login.contact, expiresIn: expect.any(Number) }]);
      expect(login.contact).toMatch(/^sip:acct@[\d.]+:5060;line=[\w-]{22}$/);
      expect(login.sequence).toBe(2);
      const reasons = Object.fromEntries(conditions.map(({ type, reason }) => [type, reason]));
      expect(reasons).toEqual({
        Ready: 'ready',
        Endpoint: 'enabled',
        Contacts: 'not-probed',
        Auth: 'configured',
        Identify: 'configured',
        Registered: 'registered',
        InboundVerified: 'nothing-yet',
      });
      const said = JSON.stringify([home.tandem.logs(), await row(home), carrier.logs()]);
      expect(said).not.toContain('right-password');
    },
  );

  it('asks for as long as the registrar wants it to, and goes when it is removed (TR-20)', async ({
    network,
  }) => {
    const carrier = await provider(network, 'MD5', 900);
    const home = await office(network, carrier);
    const { detail } = await registered(home, 'true');
    const ends = Date.parse(/until (\S+Z)/.exec(detail)![1]!);
    expect(ends - Date.now()).toBeGreaterThan(800_000);
    await home.tandem.configure(acme({ 1001: {} }));
    await home.tandem.logged('a registration was taken back');
    expect(await carrier.ask('registrations', '-o', 'json')).toBe('[]\n');
  });

  it('is called at its Contact, which proves the call, and says that calls arrive (TR-22, W-19)', async ({
    network,
  }) => {
    const carrier = await provider(network);
    const home = await office(network, carrier);
    await registered(home, 'true');
    const alice = await home.phone('1001');
    const { proxy } = carrier;
    const outside = {
      user: 'caller',
      password: 'of-caller',
      domain: account.domain,
      proxy,
      transport: 'udp',
    } as const;
    const far = await Baresip.start(await network.host('far'), { ...outside, tone: 1000 });
    await far.register();
    await far.dial(`sip:${account.user}@${account.domain}`);
    await alice.incoming();
    await alice.accept();
    await far.established();
    await far.hangup();
    expect(await home.tandem.logged('call ended')).toMatchObject({
      caller: 'trunk/carrier@acme',
      status: 200,
    });
    const { conditions } = await row(home);
    expect(conditions.find(({ type }) => type === 'InboundVerified')).toMatchObject({ reason: 'seen' });
  });

  it('whose contact does not answer OPTIONS is left out, and the next trunk called (TR-26)', async ({
    network,
  }) => {
    const [dead, alive] = await Promise.all([network.host('dead'), network.host('alive')]);
    const endpoint = { fromDomain: 'acme.carrier.example' };
    const more = {
      Trunk: {
        first: { contacts: [`sip:${dead.address}`], probe: { interval: 2 }, endpoint },
        second: { contacts: [`sip:${alive.address}`], endpoint },
      },
      Route: { world: { match: { prefix: '+' }, trunks: ['first', 'second'] } },
    };
    const home = await Office.open(network, acme({ 1001: { callerId: '+34911000001' } }, { more }));
    for (;;) {
      const { condition, reason } = (await home.tandem.logged('a trunk has changed')) as Change;
      if (condition === 'Contacts' && reason === 'contact-silent') break;
    }
    const carrier = await Sipp.start(alive, { scenario: 'uas-answer', calls: 1 });
    const alice = await home.phone('1001');
    await alice.dial(uriOf('+34600111222'));
    await alice.established();
    await alice.hangup();
    await carrier.succeed();
    expect(await home.tandem.logged('call ended')).toMatchObject({ status: 200 });
    const { conditions } = (await rows(home)).find(({ trunk: name }) => name === 'first')!;
    const { detail } = conditions.find(({ type }) => type === 'Contacts')!;
    expect(detail).toContain(`sip:${dead.address} down`);
  });

  it('with a wrong password is not, and says which part is wrong (TR-20, TR-21, W-28)', async ({
    network,
  }) => {
    const home = await office(network, await provider(network), { password: 'wrong-password' });
    const { layer, reason, detail } = await registered(home, 'false');
    expect([layer, reason]).toEqual(['auth', 'registrar-forbids']);
    expect(detail).toContain('the credentials were not taken');
    const { conditions } = await row(home);
    const { detail: auth } = conditions.find(({ type }) => type === 'Auth')!;
    expect(auth).toMatch(/^REGISTER sip:[\d.]+:5060: 401 Unauthorized: the credentials were not taken$/);
  });

  it('is listed with nine others as their registrar sees them, with what went wrong last (AS-35)', async ({
    network,
  }) => {
    const names = Array.from({ length: 10 }, (_, index) => `line-${index}`);
    const carrier = await Tandem.start(await network.host('provider'), {
      name: 'carrier',
      domains: [account.domain],
      users: names.map((name, index) => ({ name, password: `of-${name}`, enabled: index !== 9 })),
    });
    const trunks = names.map((name, index) => {
      const password = index === 8 ? 'wrong-password' : `of-${name}`;
      const auth = { username: name, password, realm: account.domain };
      const registration = { ...account, user: name, expires: 600 };
      return [name, { contacts: [`sip:${carrier.proxy}`], auth, registration }] as const;
    });
    const home = await Office.open(
      network,
      acme({ 1001: {} }, { more: { Trunk: Object.fromEntries(trunks) } }),
    );
    const settled = new Set<string>();
    while (settled.size < names.length) {
      const change = (await home.tandem.logged('a trunk has changed')) as Change & { readonly trunk: string };
      if (change.condition === 'Registered' && change.status !== 'unknown') settled.add(change.trunk);
    }
    const there = JSON.parse(await carrier.ask('registrations', '-o', 'json')) as Record<string, string>[];
    const listed = (await rows(home)).map(({ trunk, login, conditions }) => {
      const { detail, reason } = conditions.find(({ type }) => type === 'Registered')!;
      return `${trunk} ${reason === 'registered' ? login.contact : `${reason}: ${/40\d \w+/.exec(detail)?.[0]}`}`;
    });
    const good = there.map(({ user, contact }) => `${user} ${contact}`);
    const bad = ['line-8 registrar-forbids: 401 Unauthorized', 'line-9 registrar-forbids: 403 Forbidden'];
    expect(good).toHaveLength(8);
    expect(new Set(listed)).toEqual(new Set([...good, ...bad]));
    expect(listed).toHaveLength(10);
  });

  it('answers no challenge of a realm that is not its own (OS-17)', async ({ network }) => {
    const carrier = await provider(network);
    const home = await office(network, carrier, { realm: 'other.example' });
    const { layer, reason, detail } = await registered(home, 'false');
    expect([layer, reason]).toEqual(['auth', 'challenge-refused']);
    expect(detail).toContain('realm "carrier.example"; answered are other.example');
    expect(await carrier.ask('registrations', '-o', 'json')).toBe('[]\n');
  });

  it('is left alone for as long as its registrar wants, and goes on with its login (TR-20, PJ-07)', async ({
    network,
  }) => {
    const far = await network.host('provider');
    const scenario = await script('rests', [
      request('REGISTER', { CSeq: '1 REGISTER' }),
      answering('503 Service Unavailable', ['Retry-After: 2']),
      request('REGISTER', { CSeq: '2 REGISTER' }),
      answering('200 OK', ['[last_Contact:]', '[last_Expires:]']),
    ]);
    const registrar = await Sipp.start(far, { scenario, calls: 1 });
    const Trunk = { carrier: { contacts: [`sip:${far.address}`], registration: { user: 'acct', retry: 5 } } };
    const home = await Office.open(network, acme({ 1001: {} }, { more: { Trunk } }));
    const { detail } = await registered(home, 'false');
    expect(detail).toMatch(/^retrying: REGISTER .*: 503 Service Unavailable; next attempt /);
    await registered(home, 'true');
    const { trace } = await registrar.succeed();
    const [first, second] = trace.filter(({ message }) => message.start.startsWith('REGISTER'));
    expect(second!.message.header('Call-ID')).toBe(first!.message.header('Call-ID'));
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(2_000);
  });

  it('behind a NAT that forgets it is called again once it has asked for anything (TR-23)', async ({
    network,
  }) => {
    const carrier = await provider(network);
    const nat = await Nat.open(network, 'symmetric', { udp: 60, tcp: 60 });
    const { more = {} } = tenant(carrier, {});
    const probed = { ...more.Trunk?.carrier, probe: { interval: 2 } };
    const behind = acme({ 1001: {} }, { more: { ...more, Trunk: { carrier: probed } } });
    const tandem = await Tandem.start(await nat.host('tandem'), behind);
    const seen = async (): Promise<string> => {
      const [trunk] = JSON.parse(await tandem.ask('trunks', '-o', 'json')) as { login?: { seen: string } }[];
      return trunk?.login?.seen ?? '';
    };
    await until(
      () => 'a registration',
      async () => (await seen()) !== '',
    );
    const before = await seen();
    await nat.forget();
    await until(
      () => `another address than ${before}`,
      async () => (await seen()) !== before,
      AGAIN,
    );
    const { proxy } = carrier;
    const outside = {
      user: 'caller',
      password: 'of-caller',
      domain: account.domain,
      proxy,
      transport: 'udp',
    } as const;
    const far = await Baresip.start(await network.host('far'), { ...outside, tone: 1000 });
    await far.register();
    await far.dial(`sip:${account.user}@${account.domain}`);
    for (;;) {
      const { condition, reason, detail } = (await tandem.logged('a trunk has changed')) as Change;
      if (condition !== 'InboundVerified' || reason !== 'seen') continue;
      expect(detail).toContain(`INVITE from ${carrier.host.address}`);
      return;
    }
  });
});
