import { join } from 'node:path';
import { expect } from 'vitest';
import type { Host } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import { credentials, Sipp, type SippOptions } from '../harness/sipp.ts';
import { domain, nextAccount } from './acme.ts';
import { it } from './fixture.ts';
import type { Account } from './phone.ts';

const describe = needs('namespace', 'sipp');

const calls = 1_000;
const rate = 50;
/** Milliseconds of a call: its ACK comes in that time, at the latest as the 40th. */
const duration = 10_000;
const deadline = 170_000;

/** Retransmissions as on a network with a short round trip: enough for whatever is lost. */
const patience = { T2: 250, max_retrans: 1_000, max_invite_retrans: 1_000, max_non_invite_retrans: 1_000 };

function scenario(name: string): string {
  return join(import.meta.dirname, 'scenarios', `${name}.xml`);
}

async function bind(host: Host, remote: string, { user, password }: Account): Promise<void> {
  const lines = [[user, credentials(user, password)]];
  const register = { scenario: 'register', remote, lines, calls: 1, keys: { domain }, digestUri: domain };
  await (await Sipp.start(host, register)).succeed();
}

describe('of 1,000 calls', () => {
  it.for([
    ['caller', 30, 0],
    ['callee', 0, 30],
    ['caller and callee', 10, 10],
  ] as const)(
    'all complete when packets of the %s are lost',
    { concurrent: true, timeout: deadline + 10_000 },
    async ([, caller, callee], { live }) => {
      const { network, tandem } = live;
      const [alice, bob] = [nextAccount(), nextAccount()];
      const [near, far] = [await network.host(alice.user), await network.host(bob.user)];
      await bind(far, tandem.proxy, bob);
      const common: Partial<SippOptions> = { options: patience, traced: false };
      const uas = await Sipp.start(far, { ...common, scenario: scenario('uas-lossy'), calls, lost: callee });
      const uac = await Sipp.start(near, {
        ...common,
        scenario: scenario('uac-lossy'),
        remote: tandem.proxy,
        calls,
        rate,
        limit: calls,
        duration,
        lost: caller,
        service: bob.user,
        keys: { caller: alice.user, domain },
        user: alice.user,
        password: alice.password,
        digestUri: `${bob.user}@${domain}`,
      });
      expect(await uac.succeed(deadline)).toMatchObject({ successful: calls, failed: 0 });
      expect(await uas.succeed(deadline)).toMatchObject({ successful: calls, failed: 0 });
    },
  );
});
