import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { Sipp } from '../harness/sipp.ts';
import type { Traced } from '../harness/sipp-trace.ts';
import { received } from '../harness/sipp-trace.ts';
import { acme, Office, uriOf } from './office.ts';

const describe = needs('namespace', 'baresip', 'sipp');

/** An office with a provider, which is another machine. */
async function open(network: Network) {
  const provider = await network.host('provider');
  const more = {
    Trunk: {
      provider: {
        contacts: [`sip:${provider.address}`],
        identify: { sources: [provider.address] },
        endpoint: { didFrom: 'To', fromDomain: 'acme.carrier.example' },
      },
    },
    Number: { '+34911000001': { aliases: ['34911000001'], destination: { user: '1001' } } },
    Route: { world: { match: { prefix: '+' }, trunks: ['provider'] } },
  };
  return {
    provider,
    office: await Office.open(network, acme({ 1001: { callerId: '+34911000001' } }, { more })),
  };
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

  it('calls a number, hangs up, and never sees the phone', async ({ network }) => {
    const { office, provider } = await open(network);
    const alice = await office.phone('1001');
    const remote = office.tandem.proxy;
    const service = '34911000001';
    const carrier = await Sipp.start(provider, { scenario: 'uac-trunk', remote, service, calls: 1 });
    await alice.incoming();
    await alice.accept();
    await alice.closed();
    const { trace } = await carrier.succeed();
    expectSilence(trace, alice.host.address);
    const ended = { caller: 'trunk/provider@acme', status: 200, releasedBy: 'caller' };
    expect(await office.tandem.logged('call ended')).toMatchObject(ended);
  });

  it('is told apart from anybody else who calls the same number', async ({ network }) => {
    const { office } = await open(network);
    await office.phone('1001');
    const stranger = await network.host('stranger');
    const remote = office.tandem.proxy;
    const service = '34911000001';
    const calls = await Sipp.start(stranger, { scenario: 'uac-trunk', remote, service, calls: 1 });
    const { code, errors } = await calls.finish();
    expect(code).toBe(1);
    expect(errors).toMatch(/403 Forbidden/);
  });
});
