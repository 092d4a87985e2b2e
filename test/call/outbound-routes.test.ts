import { expect } from 'vitest';
import { DnsServer } from '../harness/dns-server.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { Sipp } from '../harness/sipp.ts';
import { type CarrierOffice, type CarrierResources, invites, openCarriers } from './carriers.ts';

const describe = needs('namespace', 'sipp');

const names = ['national', 'mobile', 'world'] as const;
type Carrier = (typeof names)[number];

/** What is dialled, as what it arrives, and at which carrier. */
const calls = `
911000001;+34911000001;national
0034911000002;+34911000002;national
34911000003;+34911000003;national
+34911000004;+34911000004;national
931000005;+34931000005;national
+34851000006;+34851000006;national
0034981000007;+34981000007;national
34871000008;+34871000008;national
600000009;+34600000009;mobile
+34600000010;+34600000010;mobile
0034600000011;+34600000011;mobile
34600000012;+34600000012;mobile
711000013;+34711000013;mobile
+34722000014;+34722000014;mobile
699999915;+34699999915;mobile
0034744000016;+34744000016;mobile
+4930123456;+4930123456;world
004930123457;+4930123457;world
+442071838750;+442071838750;world
00442071838751;+442071838751;world
0013055550100;+13055550100;world
+13055550101;+13055550101;world
+351210000001;+351210000001;world
00351910000002;+351910000002;world
+346;+346;world
112;112;national
016;016;national
060;060;national
*21*7;*21*7;mobile
900100100;+34900100100;world
`
  .trim()
  .split('\n')
  .map((line) => line.split(';') as [dialled: string, arrives: string, carrier: Carrier]);

/** By prefix, by pattern, by time, by caller and by cost, in the order that priorities make. */
const routes: CarrierResources = {
  Schedule: {
    never: { timezone: 'UTC' },
    always: { timezone: 'UTC', open: [{ from: '00:00', to: '24:00' }] },
  },
  Deck: {
    world: { trunk: 'world', prices: '1 0.01\n34 0.5\n349001 0.001\n351 0.02\n44 0.02\n49 0.02' },
    national: { trunk: 'national', prices: '34 0.01\n44 0.3' },
  },
  Route: {
    'premium-barred': {
      match: { prefix: '+34803' },
      class: 'premium',
      withoutClass: 'refuse',
      trunks: ['national'],
      priority: 1,
    },
    closed: { match: { prefix: '', during: 'never' }, trunks: ['mobile'], priority: 2 },
    boss: { match: { prefix: '+34', callers: ['1002'] }, trunks: ['world'], priority: 3 },
    mobile: {
      match: { pattern: '^\\+34[67][0-9]{8}$', during: 'always' },
      trunks: ['mobile', 'world'],
      priority: 10,
    },
    star: { match: { pattern: '^\\*' }, trunks: ['mobile'], priority: 10 },
    short: { match: { pattern: '^[0-9]{3}$' }, trunks: ['national'], priority: 10 },
    fragment: { match: { pattern: '^\\+346$' }, trunks: ['world'], priority: 11 },
    cheapest: { match: { prefix: '+' }, choose: 'cost', trunks: ['national', 'world'], priority: 20 },
  },
};

/** Which numbers each carrier was asked for. */
async function arrivals(carriers: CarrierOffice['carriers'], dial: () => Promise<unknown>) {
  const started = await Promise.all(
    names.map((name) => Sipp.start(carriers[name]!, { scenario: 'uas-answer' })),
  );
  await dial();
  const results = await Promise.all(started.map((carrier) => carrier.stop()));
  return Object.fromEntries(
    results.map(({ trace }, index) => [
      names[index],
      [...new Set(invites(trace).map(({ start }) => /^INVITE sip:([^@]+)@/.exec(start)![1]!))].sort(),
    ]),
  );
}

describe('outbound routes', () => {
  it('PJ-10, TR-04, KA-13: take each of 30 numbers to the carrier that is foreseen, in E.164', async ({
    network,
  }) => {
    const { call, carriers } = await openCarriers(network, names, () => routes, { classes: [] });
    const dialled = calls.map(([number]) => number);
    const seen = await arrivals(carriers, async () => {
      await (await call(dialled, { rate: 20 })).succeed(30_000);
      const barred = await (await call(['803000001'])).finish();
      expect([barred.failed, barred.errors]).toEqual([1, expect.stringContaining('SIP/2.0 403')]);
    });
    const foreseen = (name: Carrier) =>
      calls
        .filter(([, , carrier]) => carrier === name)
        .map(([, arrives]) => arrives)
        .sort();
    expect(seen).toEqual(Object.fromEntries(names.map((name) => [name, foreseen(name)])));
  });
});

describe('the port of a trunk', () => {
  it('PJ-08: is that of its contact, or of its SRV record, and 5060 for neither', async ({ network }) => {
    const records = ['srv 60 IN A 127.0.0.1'];
    const dns = await DnsServer.start({ host: network.gateway, records });
    network.attach(() => dns.close());
    const { call, carriers } = await openCarriers(
      network,
      ['carrier'],
      (_, { carrier }) => ({
        Trunk: {
          port: { contacts: [`sip:${carrier!.address}:5099`] },
          srv: { contacts: ['sip:carrier.example'] },
        },
        Route: {
          port: { match: { prefix: '+341' }, trunks: ['port'] },
          srv: { match: { prefix: '+342' }, trunks: ['srv'] },
        },
      }),
      {},
      ['--dns-servers', `${dns.host}:${dns.port}`],
    );
    const carrier = carriers.carrier!;
    await dns.change(['_sip._udp.carrier SRV 0 0 5098 sip.carrier', `sip.carrier A ${carrier.address}`]);
    const usual = await Sipp.start(carrier, { scenario: 'uas-answer' });
    const byPort = await Sipp.start(carrier, { scenario: 'uas-answer', port: 5099, calls: 1 });
    const bySrv = await Sipp.start(carrier, { scenario: 'uas-answer', port: 5098, calls: 1 });
    await (await call(['+34100000001', '+34200000002'])).succeed(30_000);
    const [first] = invites((await byPort.succeed()).trace);
    const [second] = invites((await bySrv.succeed()).trace);
    expect([first?.start, second?.start]).toEqual([
      `INVITE sip:+34100000001@${carrier.address}:5099 SIP/2.0`,
      'INVITE sip:+34200000002@carrier.example SIP/2.0',
    ]);
    expect((await usual.stop()).trace).toEqual([]);
  });
});
