import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import type { Host } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import { credentials, Sipp } from '../harness/sipp.ts';
import { received } from '../harness/sipp-trace.ts';
import { acme, domain, Office, passwordOf } from './office.ts';

const describe = needs('namespace', 'sipp');

/** Calls numbers as 1001, one after the other. */
async function call({ tandem }: Office, from: Host, ...numbers: string[]) {
  const account = credentials('1001', passwordOf('1001'));
  const lines = numbers.map((number) => [number, '1001', account]);
  const remote = tandem.proxy;
  const options = { scenario: 'uac-pairs', remote, keys: { domain }, lines, calls: lines.length, limit: 1 };
  await (await Sipp.start(from, options)).succeed(30_000);
}

describe('a number', () => {
  it('AS-15: leads to a user, to a number at a trunk, to a URI, to a host and port, to a name there', async ({
    network,
  }) => {
    const there = await network.host('elsewhere');
    const { address } = there;
    // SIP/1002, SIP/8500@peer, SIP/info@host, SIP/host:5099, SIP/8500@host:9876
    const destinations = {
      100: { user: '1002' },
      101: { trunk: 'peer', number: '8500' },
      102: { uri: `sip:info@${address}` },
      103: { uri: `sip:${address}:5099` },
      104: { uri: `sip:8500@${address}:9876` },
    };
    const more = {
      Trunk: { peer: { contacts: [`sip:${address}`] } },
      Number: Object.fromEntries(
        Object.entries(destinations).map(([name, destination]) => [name, { destination }]),
      ),
    };
    const office = await Office.open(network, acme({ 1001: {}, 1002: {} }, { more }));
    const desk = await office.desk('1002', 'uas-answer');
    const [usual, port5099, port9876] = await Promise.all([
      Sipp.start(there, { scenario: 'uas-answer', calls: 2 }),
      Sipp.start(there, { scenario: 'uas-answer', port: 5099, calls: 1 }),
      Sipp.start(there, { scenario: 'uas-answer', port: 9876, calls: 1 }),
    ]);
    await call(office, await network.host('caller'), ...Object.keys(destinations));
    const asked: string[] = [];
    for (const uas of [desk, usual, port5099, port9876]) {
      const starts = (await uas.succeed()).trace.filter(({ way }) => way === 'received');
      asked.push(
        ...new Set(starts.map(({ message }) => message.start).filter((line) => /^INVITE/.test(line))),
      );
    }
    expect(asked).toEqual([
      expect.stringMatching(/^INVITE sip:1002@[\d.]+:5060\S* SIP\/2\.0$/),
      `INVITE sip:8500@${address} SIP/2.0`,
      `INVITE sip:info@${address} SIP/2.0`,
      `INVITE sip:${address}:5099 SIP/2.0`,
      `INVITE sip:8500@${address}:9876 SIP/2.0`,
    ]);
  });

  it('TR-05, W-43, FP-04: rings the same phone however a carrier spells it, and nobody where nobody has it', async ({
    network,
  }) => {
    const provider = await network.host('provider');
    const more = {
      Trunk: { provider: { identify: { sources: [provider.address] } } },
      Number: { '+34911000001': { destination: { user: '1002' } } },
    };
    const dialPlan = { countryCode: '34', nationalLengths: [9] };
    const office = await Office.open(network, acme({ 1002: {} }, { dialPlan, more }));
    const spellings = ['+34911000001', '0034911000001', '34911000001', '911000001'];
    const phone = await network.host('phone');
    await office.bind(phone, '1002');
    const desk = await Sipp.start(phone, { scenario: 'uas-answer', calls: spellings.length });
    const dial = (service: string) => {
      const keys = { called: service, header: 'Subject: a call' };
      const remote = office.tandem.proxy;
      return Sipp.start(provider, { scenario: 'uac-trunk', remote, service, keys, calls: 1 });
    };
    for (const spelling of spellings) await (await dial(spelling)).succeed();
    await desk.succeed();
    const { errors, failed } = await (await dial('911000002')).finish();
    expect([failed, errors]).toEqual([1, expect.stringContaining('SIP/2.0 404')]);
    const refused = office.tandem.logs().filter(({ fault }) => fault === 'number-unknown');
    expect(refused.map(({ msg }) => msg)).toEqual([expect.stringContaining('nearest: +34911000001')]);
  });

  it('AS-14: rings at one user for its time, then at the next', async ({ network }) => {
    const provider = await network.host('provider');
    const more = {
      Trunk: { provider: { identify: { sources: [provider.address] } } },
      Number: {
        '+34911000001': {
          destination: { user: '1001', ringTimeout: 1 },
          otherwise: [{ user: '1003' }, { user: '1002' }],
        },
      },
    };
    const office = await Office.open(
      network,
      acme({ 1001: {}, 1002: {}, 1003: {} }, { ringTimeout: 300, more }),
    );
    const desk = await office.desk('1001', 'uas-ring-only');
    const voicemail = await office.desk('1002', 'uas-answer');
    const caller = await Sipp.start(provider, {
      scenario: 'uac-trunk',
      remote: office.tandem.proxy,
      service: '+34911000001',
      keys: { called: '+34911000001', header: 'Subject: a call' },
      calls: 1,
    });
    await caller.succeed();
    const { message } = received((await desk.succeed()).trace, 'CANCEL');
    expect(message.header('Reason')).toBe('SIP;cause=408;text="Nobody answered"');
    await voicemail.succeed();
    expect(await office.tandem.logged('call ended')).toMatchObject({ status: 200, releasedBy: 'caller' });
  });
});
