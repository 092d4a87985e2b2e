import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import type { Host } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import { Sipp } from '../harness/sipp.ts';
import { invites, openCarriers } from './carriers.ts';

const describe = needs('namespace', 'sipp');

/** Pairs of a caller and a callee that are called over the wire; more in a test by hand. */
const calls = Number(process.env.ROUTING_PAIRS ?? 40);

/** A carrier that refuses one call; sipp takes no status but one that is written in its scenario. */
async function refuse(host: Host, status: string): Promise<Sipp> {
  const declining = await readFile(join(import.meta.dirname, 'scenarios/uas-reject.xml'), 'utf8');
  const scenario = join(await mkdtemp(join(tmpdir(), 'refuse-')), 'uas.xml');
  await writeFile(scenario, declining.replace('603 Decline', `${status} Refused`));
  return Sipp.start(host, { scenario, calls: 1 });
}

describe('calls to carriers', () => {
  it('TR-04, TR-06, TR-29, AS-22: arrive with the number that was dialled and the number that calls', {
    timeout: 60_000 + calls * 200,
  }, async ({ network }) => {
    const callerIds = Array.from({ length: 40 }, (_, index) => `${910_000_000 + index * 97}`);
    const called = Array.from({ length: calls }, (_, index) => `${600_000_000 + index * 7_919}`);
    const spelled = called.map((number, index) => `${['', '+34', '0034', '34'][index % 4]}${number}`);
    const { call, carriers } = await openCarriers(
      network,
      ['carrier'],
      (trunks) => ({
        Trunk: {
          carrier: {
            ...trunks.carrier,
            numbering: { format: 'exit-code' },
            endpoint: { headers: [{ name: 'X-Camp', value: '7' }] },
            headerRules: { pass: ['X-Tag'] },
          },
        },
        Route: { all: { match: { prefix: '+' }, trunks: ['carrier'] } },
      }),
      { callerIds },
    );
    const carrier = await Sipp.start(carriers.carrier!, { scenario: 'uas-answer', calls });
    const deadline = 30_000 + calls * 100;
    await (await call(spelled, { rate: 25 })).succeed(deadline);
    const seen = invites((await carrier.succeed()).trace).map((invite) => [
      /^INVITE sip:([^@]+)@/.exec(invite.start)?.[1],
      /<sip:([^@]+)@/.exec(invite.header('From') ?? '')?.[1],
      /<sip:([^@]+)@/.exec(invite.header('P-Asserted-Identity') ?? '')?.[1],
      invite.header('X-Camp'),
      invite.header('X-Tag'),
    ]);
    const expected = called.map((number, index) => {
      const caller = `0034${callerIds[index % callerIds.length]}`;
      return [`0034${number}`, caller, caller, '7', 'blue'];
    });
    expect(new Set(seen.map((each) => each.join(' ')))).toEqual(
      new Set(expected.map((each) => each.join(' '))),
    );
  });

  it('W-21, MA-30: go to the next one after the answers that the route says, and after silence', async ({
    network,
  }) => {
    const { call, carriers } = await openCarriers(network, ['first', 'backup'], (trunks) => ({
      Trunk: {
        gone: { contacts: ['sip:127.0.0.1:9;transport=tcp'] },
        other: { ...trunks.first, identify: {} },
      },
      Route: {
        usual: { match: { prefix: '+341' }, trunks: ['first', 'backup'] },
        forgiving: { match: { prefix: '+342' }, failover: ['403', '5xx'], trunks: ['first', 'backup'] },
        gone: { match: { prefix: '+343' }, trunks: ['gone', 'backup'] },
        away: { match: { prefix: '+344' }, redirect: true, trunks: ['backup'] },
      },
    }));
    const backup = await Sipp.start(carriers.backup!, { scenario: 'uas-answer' });
    const outcome = async (number: string, code?: string): Promise<string> => {
      const first = code === undefined ? undefined : await refuse(carriers.first!, code);
      const { code: exit, errors } = await (await call([number])).finish();
      await first?.succeed();
      // What calls before it were told comes once more: sipp does not acknowledge what it did not expect.
      return exit === 0
        ? 'answered'
        : (/unexpected message .* received 'SIP\/2\.0 (\d{3})/.exec(errors)?.[1] ?? errors);
    };
    expect(await outcome('+34100000000', '503')).toBe('answered');
    expect(await outcome('+34100000000', '486')).toBe('486');
    expect(await outcome('+34100000000', '403')).toBe('403');
    expect(await outcome('+34200000000', '403')).toBe('answered');
    expect(await outcome('+34300000000')).toBe('answered');
    expect(await outcome('+34400000000')).toBe('302');
    expect((await backup.stop()).successful).toBe(3);
  });

  it('TR-25: are as many at a time as a trunk may have; one more goes to the next, or meets 503', async ({
    network,
  }) => {
    const { call, carriers } = await openCarriers(network, ['narrow', 'backup'], (trunks) => ({
      Trunk: { narrow: { ...trunks.narrow, endpoint: { maxCalls: 3 } } },
      Route: {
        overflow: { match: { prefix: '+341' }, trunks: ['narrow', 'backup'] },
        alone: { match: { prefix: '+342' }, trunks: ['narrow'] },
      },
    }));
    const narrow = await Sipp.start(carriers.narrow!, { scenario: 'uas-answer' });
    const backup = await Sipp.start(carriers.backup!, { scenario: 'uas-answer' });
    const four = (prefix: string) =>
      Array.from({ length: 4 }, (_, index) => `${prefix}${10_000_000 + index}`);
    const lasting = { rate: 50, duration: 1_500 };
    await (await call(four('+341'), lasting)).succeed(30_000);
    const { failed, errors } = await (await call(four('+342'), lasting)).finish(30_000);
    expect([failed, errors]).toEqual([1, expect.stringContaining('SIP/2.0 503')]);
    // The places are free again.
    await (await call(four('+342').slice(1), lasting)).succeed(30_000);
    expect([(await narrow.stop()).successful, (await backup.stop()).successful]).toEqual([9, 1]);
  });

  it('MA-22: go to another primary from one moment to the next, none fails, and the old one is left by all', async ({
    network,
  }) => {
    const route = (...trunks: string[]) => ({ all: { match: { prefix: '+' }, trunks } });
    const resources = () => ({ Route: route('old', 'new') });
    const { call, carriers, office, reroute } = await openCarriers(network, ['old', 'new'], resources);
    const old = await Sipp.start(carriers.old!, { scenario: 'uas-answer' });
    const other = await Sipp.start(carriers.new!, { scenario: 'uas-answer' });
    const numbers = Array.from({ length: 120 }, (_, index) => `+346${10_000_000 + index}`);
    const load = await call(numbers, { rate: 40, duration: 200 });
    for (let answered = 0; answered < 20; answered++) await office.tandem.logged('call answered');
    await reroute(route('new', 'old'));
    const { successful, failed } = await load.succeed(30_000);
    expect([successful, failed]).toEqual([120, 0]);
    const drained = (await old.stop()).successful;
    await (await call(numbers.slice(0, 5), { rate: 40 })).succeed(30_000);
    const taken = (await other.stop()).successful;
    expect([drained >= 20, taken > 5, drained + taken]).toEqual([true, true, 125]);
  });

  it('TR-27: show a carrier the public address alone', async ({ network }) => {
    const ours = '203.0.113.9';
    const flags = ['--sip-advertise', ours, '--rtp-advertise', ours];
    const Route = { all: { match: { prefix: '+' }, trunks: ['carrier'] } };
    const { call, carriers } = await openCarriers(network, ['carrier'], () => ({ Route }), {}, flags);
    const carrier = await Sipp.start(carriers.carrier!, { scenario: 'uas-answer', calls: 1 });
    await (await call(['+34600111222'])).succeed();
    const { trace } = await carrier.succeed();
    const heard = trace.filter(({ way }) => way === 'received').map(({ message }) => message.text);
    // The origin of a description stays the same wherever its media is: it is loopback, which is nobody's.
    const text = heard.join('\n').replaceAll('IN IP4 127.0.0.1', '');
    const addresses = new Set(text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g));
    expect([heard.length, addresses]).toEqual([3, new Set([carriers.carrier!.address, ours])]);
    const [invite] = invites(trace);
    for (const name of ['Via', 'Contact']) expect(invite!.header(name)).toContain(ours);
    expect(invite!.body).toContain(`c=IN IP4 ${ours}`);
  });

  it('TR-05, FU-46: come from one by a number that leads to another', async ({ network }) => {
    const { carriers, office } = await openCarriers(network, ['carrier', 'pbx'], () => ({
      Route: {},
      Number: { '+34911000001': { destination: { trunk: 'pbx' } } },
    }));
    const pbx = await Sipp.start(carriers.pbx!, { scenario: 'uas-answer', calls: 1 });
    const remote = office.tandem.proxy;
    const service = '911000001';
    const keys = { called: service, header: 'X-Tag: blue' };
    const options = { scenario: 'uac-trunk', remote, service, keys, calls: 1 };
    const caller = await Sipp.start(carriers.carrier!, options);
    await caller.succeed();
    const [invite] = invites((await pbx.succeed()).trace);
    expect(invite?.start).toBe(`INVITE sip:+34911000001@${carriers.pbx!.address} SIP/2.0`);
    // The number of the caller, and nothing of where it calls from.
    expect(invite?.header('From')).toContain('<sip:+34600111222@acme.example>');
  });
});
