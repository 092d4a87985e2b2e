import { expect } from 'vitest';
import { Random } from '../fuzz/random.ts';
import { needs } from '../harness/needs.ts';
import { seriesOf, sumOf } from '../harness/scrape.ts';
import { credentials, Sipp, type SippResult } from '../harness/sipp.ts';
import type { Tenant } from '../harness/tandem.ts';
import { domain } from './acme.ts';
import { it as base } from './fixture.ts';
import { calls, maybe, response, script, within } from './sipp-script.ts';

const describe = needs('namespace', 'sipp');

const count = Number(process.env.PHONES ?? 1_000);
const attempts = 200;
const rate = 300;
const deadline = 60_000 + (2 * 1000 * count) / rate;

const tenant: Tenant = {
  name: 'acme',
  domains: [domain],
  registration: { keepAlive: 0 },
  users: Array.from({ length: count }, (_, index) => {
    const name = `${100_000 + index}`;
    return { name, password: `secret-of-${name}` };
  }),
};
const it = base.extend<{ tenant: Tenant }>({ tenant: [tenant, { scope: 'file' }] });

/** Who calls whom, by chance, and how it proves itself. */
const lines = Array.from({ length: attempts }, (_, index) => {
  const random = Random.of(1, index);
  const [caller, callee] = [random.pick(tenant.users), random.pick(tenant.users)];
  return [caller.name, callee.name, credentials(caller.name, caller.password)] as const;
});

/** A phone that calls as a line says. */
function callsByLine(): Promise<string> {
  const steps = [
    ...calls(),
    ...[maybe(180), response(200), within('ACK', 2)],
    ...[within('BYE', 3), maybe(100), response(200)],
  ];
  const filled = steps.map((step) =>
    step
      .replaceAll('[caller]', '[field0]')
      .replaceAll('[service]', '[field1]')
      .replaceAll('[authentication]', '[field2]'),
  );
  return script('calls by line', filled);
}

/** Whom the phones were called as, and who that is in To; an INVITE that came again is the same call. */
function rung({ trace }: SippResult): string[] {
  const asked = trace.filter(({ way, message }) => way === 'received' && message.start.startsWith('INVITE '));
  const calls = asked.map(({ message }) => {
    const user = /^INVITE sip:(\d+)@/.exec(message.start)?.[1];
    const wanted = /<sip:(\d+)@/.exec(message.header('To'))?.[1];
    return `${message.header('Call-ID')} ${user === wanted ? user : `${user} instead of ${wanted}`}`;
  });
  return [...new Set(calls)].map((call) => call.slice(call.indexOf(' ') + 1));
}

describe(`${count} phones`, () => {
  it('register, and whichever of them is called rings (AS-05)', { timeout: 2 * deadline }, async ({
    live: { network, tandem },
  }) => {
    const phones = await network.host('phones');
    const common = { remote: tandem.proxy, keys: { domain }, digestUri: domain, rate };
    const registering = await Sipp.start(phones, {
      ...{ ...common, scenario: 'register', calls: count, traced: false },
      lines: tenant.users.map(({ name, password }) => [name, credentials(name, password)]),
    });
    expect(await registering.succeed(deadline)).toMatchObject({ successful: count, failed: 0 });
    expect(sumOf(await seriesOf(tandem), 'tandem_registrations_total')).toBe(count);
    const ringing = await Sipp.start(phones, { scenario: 'uas-answer', calls: attempts });
    const calling = await Sipp.start(await network.host('callers'), {
      ...{ ...common, scenario: await callsByLine(), calls: attempts, rate: 50, lines },
    });
    expect(await calling.succeed(deadline)).toMatchObject({ successful: attempts, failed: 0 });
    const called = rung(await ringing.succeed(deadline));
    expect(called.toSorted()).toEqual(lines.map(([, callee]) => callee).toSorted());
  });
});
