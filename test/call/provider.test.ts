import { expect } from 'vitest';
import { Baresip } from '../harness/baresip.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { Sipp, type SippOptions } from '../harness/sipp.ts';
import type { Traced } from '../harness/sipp-trace.ts';
import { received } from '../harness/sipp-trace.ts';
import { Tandem } from '../harness/tandem.ts';
import { expectTwoTone } from '../harness/two-tone.ts';
import { acme, Office, uriOf } from './office.ts';

const describe = needs('namespace', 'baresip', 'sipp');

/** An office with a provider, which is another machine. */
async function open(network: Network, colleagues = {}, own = {}) {
  const provider = await network.host('provider');
  const more = {
    Trunk: {
      provider: {
        contacts: [`sip:${provider.address}`],
        identify: { sources: [provider.address] },
        endpoint: { didFrom: 'To', fromDomain: 'acme.carrier.example' },
        ...own,
      },
    },
    Number: { '+34911000001': { aliases: ['34911000001'], destination: { user: '1001' } } },
    Route: { world: { match: { prefix: '+' }, trunks: ['provider'] } },
  };
  return {
    provider,
    office: await Office.open(network, acme({ 1001: { callerId: '+34911000001' }, ...colleagues }, { more })),
  };
}

/** What a sipp is told that calls as a provider. */
function calling(
  service: string,
  called: string = service,
  header = 'Subject: a call',
): Partial<SippOptions> {
  return { service, keys: { called, header }, calls: 1 };
}

function expectSilence(trace: readonly Traced[], host: string): void {
  const heard = trace.filter(({ way }) => way === 'received').map(({ message }) => message.text);
  expect(heard.length).toBeGreaterThan(2);
  expect(heard.filter((text) => text.includes(host))).toEqual([]);
}

describe('a provider', () => {
  it('is called with the number of the user, and never sees the phone', async ({ network }) => {
    const { office, provider } = await open(network);
    const carrier = await Sipp.start(provider, { scenario: 'uas-answer', calls: 1 });
    const alice = await office.phone('1001');
    await alice.dial(uriOf('+34600111222'));
    await alice.established();
    await alice.hangup();
    const { trace } = await carrier.succeed();
    const { message: invite } = received(trace, 'INVITE');
    expect(invite.start).toBe(`INVITE sip:+34600111222@${provider.address} SIP/2.0`);
    expect(invite.header('From')).toContain('<sip:+34911000001@acme.carrier.example>;tag=');
    expect(invite.header('P-Asserted-Identity')).toBe('<sip:+34911000001@acme.carrier.example>');
    expectSilence(trace, alice.host.address);
    const ended = { caller: '1001@acme', status: 200, releasedBy: 'caller' };
    expect(await office.tandem.logged('call ended')).toMatchObject(ended);
  });

  it('that asks for credentials each time gets them: at first, when it is held, and at the end (OS-17)', async ({
    network,
  }) => {
    const auth = { username: 'carrier', password: 'secret', realm: 'carrier.example' };
    const { office, provider } = await open(network, {}, { auth });
    const carrier = await Sipp.start(provider, { scenario: 'uas-challenge-always', calls: 1 });
    const alice = await office.phone('1001');
    await alice.dial(uriOf('+34600111222'));
    await alice.established();
    await alice.hold();
    await alice.hangup();
    const { trace } = await carrier.succeed();
    const numbers = trace
      .filter(({ message, way }) => way === 'received' && !message.start.startsWith('ACK'))
      .map(({ message }) => Number.parseInt(message.header('CSeq')!, 10));
    expect(new Set(numbers).size).toBe(6);
    expect(numbers).toEqual(numbers.toSorted((one, two) => one - two));
    const proofs = trace.filter(({ message }) => message.start.startsWith('ACK'));
    expect(proofs.map(({ message }) => message.headers('Authorization').length)).toEqual([0, 1, 0, 1]);
  });

  it('TR-01, MA-28, PJ-09: is the way to telephones, in E.164 and heard both ways, in the codec of the trunk', async ({
    network,
  }) => {
    const endpoint = { fromDomain: 'acme.carrier.example', codecs: ['PCMA'] };
    const { office, provider } = await open(network, {}, { endpoint });
    const telephone = { name: 'telephone', password: 'of-telephone' };
    const exchange = await Tandem.start(provider, {
      name: 'carrier',
      domains: ['carrier.example'],
      users: [telephone],
      more: {
        Trunk: { customer: { identify: { sources: [office.tandem.host.address] } } },
        Number: { '+34600111222': { destination: { user: telephone.name } } },
      },
    });
    const alice = await office.phone('1001');
    const far = await Baresip.start(await network.host('telephone'), {
      user: telephone.name,
      password: telephone.password,
      domain: 'carrier.example',
      proxy: exchange.proxy,
      transport: 'udp',
      tone: 1000,
    });
    await far.register();
    await alice.dial(uriOf('+34600111222'));
    expect(await far.incoming()).toBe('sip:+34911000001@acme.carrier.example');
    await far.accept();
    await Promise.all([alice.established(), far.established()]);
    await expectTwoTone(alice, far);
    await alice.hangup();
    await far.closed();
    expect(await office.tandem.logged('call ended')).toMatchObject({ codec: 'PCMA/8000' });
    expect(await exchange.logged('call ended')).toMatchObject({
      caller: 'trunk/customer@carrier',
      status: 200,
    });
  });

  it('calls a number, hangs up, and never sees the phone', async ({ network }) => {
    const { office, provider } = await open(network);
    const alice = await office.phone('1001');
    const remote = office.tandem.proxy;
    const call = { scenario: 'uac-trunk', remote, ...calling('34911000001') };
    const carrier = await Sipp.start(provider, call);
    await alice.incoming();
    await alice.accept();
    await alice.closed();
    const { trace } = await carrier.succeed();
    expectSilence(trace, alice.host.address);
    const ended = { caller: 'trunk/provider@acme', status: 200, releasedBy: 'caller' };
    expect(await office.tandem.logged('call ended')).toMatchObject(ended);
  });

  it('is sent to a colleague by a phone, and sees neither', async ({ network }) => {
    const { office, provider } = await open(network, { 1002: {} });
    const carrier = await Sipp.start(provider, { scenario: 'uas-transferred', calls: 1 });
    const [alice, bob] = [await office.phone('1001'), await office.phone('1002')];
    await alice.dial(uriOf('+34600111222'));
    await alice.established();
    await alice.command('transfer', uriOf('1002'));
    expect(await alice.closed()).toBe('Call transfered');
    const { trace } = await carrier.succeed();
    for (const phone of [alice, bob]) expectSilence(trace, phone.host.address);
  });

  it('is told apart from anybody else who calls the same number', async ({ network }) => {
    const { office } = await open(network);
    await office.phone('1001');
    const stranger = await network.host('stranger');
    const remote = office.tandem.proxy;
    const call = { scenario: 'uac-trunk', remote, ...calling('34911000001') };
    const calls = await Sipp.start(stranger, call);
    const { code, errors } = await calls.finish();
    expect(code).toBe(1);
    expect(errors).toMatch(/403 Forbidden/);
  });
});

/** Where each of five providers puts the number that was called, and what it puts into the other places. */
const variants = {
  requestUri: (number: string) => calling(number, 'somebody'),
  To: (number: string) => calling('somebody', number),
  'P-Called-Party-ID': (number: string) =>
    calling('somebody', 'account', `P-Called-Party-ID: <sip:${number}@carrier.example>`),
  Diversion: (number: string) =>
    calling('somebody', 'account', `Diversion: <tel:${number}>;reason=unconditional;counter=1`),
  registration: () => calling('line-5', 'account'),
};
const numbers = ['+34911000001', '+34911000002', '+34911000003', '+34911000004', 'line-5'];

/** A desk for each of these users, which takes one call. */
async function desksOf(office: Office, users: readonly string[]): Promise<readonly Sipp[]> {
  return Promise.all(users.map((user) => office.desk(user, 'uas-answer')));
}

describe('the number that was called', () => {
  it('is where each of five providers puts it (AS-31)', async ({ network }) => {
    const kinds = Object.keys(variants) as (keyof typeof variants)[];
    const carriers = await Promise.all(kinds.map((kind) => network.host(kind)));
    const users = kinds.map((_, index) => `100${index + 1}`);
    const trunk = (kind: string, index: number): object => ({
      identify: {
        sources: [carriers[index]!.address],
        ...(kind === 'registration' && { line: numbers[index] }),
      },
      endpoint: { didFrom: kind },
    });
    const more = {
      Trunk: Object.fromEntries(kinds.map((kind, index) => [kind.toLowerCase(), trunk(kind, index)])),
      Number: Object.fromEntries(users.map((user, index) => [numbers[index]!, { destination: { user } }])),
    };
    const office = await Office.open(
      network,
      acme(Object.fromEntries(users.map((user) => [user, {}])), { more }),
    );
    const desks = await desksOf(office, users);
    for (const [index, kind] of kinds.entries()) {
      const call = variants[kind](numbers[index]!);
      const remote = office.tandem.proxy;
      await (await Sipp.start(carriers[index]!, { scenario: 'uac-trunk', remote, ...call })).succeed();
      // The desk has had its one call, and no other desk has.
      await desks[index]!.succeed();
    }
  });

  it('is a part of To that tells two lines of one provider apart (AS-30)', async ({ network }) => {
    const provider = await network.host('provider');
    const lines = { sales: '1001', support: '1002' };
    const more = {
      Trunk: {
        provider: {
          identify: { sources: [provider.address] },
          endpoint: { didFrom: 'To', didPattern: '^<sip:line-([a-z]+)@' },
        },
      },
      Number: Object.fromEntries(
        Object.entries(lines).map(([name, user]) => [name, { destination: { user } }]),
      ),
    };
    const office = await Office.open(network, acme({ 1001: {}, 1002: {} }, { more }));
    const desks = await desksOf(office, Object.values(lines));
    for (const [index, name] of Object.keys(lines).entries()) {
      const call = calling('account', `line-${name}`);
      const remote = office.tandem.proxy;
      await (await Sipp.start(provider, { scenario: 'uac-trunk', remote, ...call })).succeed();
      await desks[index]!.succeed();
    }
  });
});
