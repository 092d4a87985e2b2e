import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { credentials, Sipp } from '../harness/sipp.ts';
import { Tandem } from '../harness/tandem.ts';
import { acme, Office } from './office.ts';

const describe = needs('namespace', 'sipp');

/** Calls in all, which the two lines get in turn. */
const calls = Number(process.env.LINE_CALLS ?? 100);
const rate = 25;
const domain = 'carrier.example';
/** Who answers which line. */
const desks = { 'line-1': '1001', 'line-2': '1002' } as const;
type Line = keyof typeof desks;
const lines = Object.keys(desks) as Line[];
const caller = { name: 'caller', password: 'of-caller' };

/** A provider where each of our lines is a user. */
async function provider(network: Network): Promise<Tandem> {
  const users = lines.map((name) => ({ name, password: `of-${name}` }));
  return Tandem.start(await network.host('provider'), {
    name: 'carrier',
    domains: [domain],
    users: [...users, caller],
  });
}

/** Both lines are registered from one address with one registrar. */
async function openOffice(network: Network, { proxy }: Tandem): Promise<Office> {
  const each = <T>(value: (line: Line) => T): Record<string, T> =>
    Object.fromEntries(lines.map((line) => [line, value(line)]));
  const more = {
    Trunk: each((line) => ({
      contacts: [`sip:${proxy}`],
      auth: { username: line, password: `of-${line}`, realm: domain },
      registration: { user: line, domain },
    })),
    Number: each((line) => ({ destination: { user: desks[line] } })),
  };
  return Office.open(network, acme({ 1001: {}, 1002: {} }, { more }));
}

describe('two lines with one provider', () => {
  it('are never crossed, whichever is called (AS-29)', async ({ network }) => {
    const carrier = await provider(network);
    const office = await openOffice(network, carrier);
    const registered = new Set();
    while (registered.size < lines.length) {
      const { condition, status, trunk } = await office.tandem.logged('a trunk has changed');
      if (condition === 'Registered' && status === 'true') registered.add(trunk);
    }
    const answering = await Promise.all(
      lines.map(async (line) => {
        const host = await network.host(desks[line]);
        await office.bind(host, desks[line]);
        return [
          line,
          await Sipp.start(host, { scenario: 'uas-answer', calls: calls / lines.length }),
        ] as const;
      }),
    );
    const uac = await Sipp.start(await network.host('caller'), {
      scenario: 'uac-pairs',
      remote: carrier.proxy,
      keys: { domain },
      lines: lines.map((line) => [line, caller.name, credentials(caller.name, caller.password)]),
      calls,
      rate,
    });
    await uac.succeed(120_000);
    for (const [line, uas] of answering) {
      const invites = (await uas.succeed(30_000)).trace.filter(
        ({ way, message }) => way === 'received' && message.start.startsWith('INVITE'),
      );
      expect(new Set(invites.map(({ message }) => message.header('To')))).toEqual(
        new Set([`<sip:${line}@${domain}>`]),
      );
      expect(new Set(invites.map(({ message }) => message.header('Call-ID'))).size).toBe(
        calls / lines.length,
      );
    }
  });
});
