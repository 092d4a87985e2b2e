import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { Sipp } from '../harness/sipp.ts';
import { nextAccount } from './acme.ts';
import { bind, calling, scenario } from './desk.ts';
import { it } from './fixture.ts';

const describe = needs('namespace', 'sipp');

const calls = 1_000;
const rate = 40;
/** Milliseconds of a call: its ACK comes in that time, at the latest as the 40th. */
const duration = 10_000;
const deadline = 170_000;

/** Retransmissions as on a network with a short round trip: enough for whatever is lost. */
const options = { T2: 250, max_retrans: 1_000, max_invite_retrans: 1_000, max_non_invite_retrans: 1_000 };

describe('of 1,000 calls', () => {
  it.for([
    ['the caller', 30, undefined],
    ['the callee', undefined, 30],
    ['both', 10, 10],
  ] as const)(
    'all complete when packets of %s are lost',
    { concurrent: true, timeout: 2 * deadline },
    async ([, callerLost, calleeLost], { live: { network, tandem } }) => {
      const [alice, bob] = [nextAccount(), nextAccount()];
      const [near, far] = [await network.host(alice.user), await network.host(bob.user)];
      await bind(far, tandem.proxy, bob);
      const common = { calls, options, traced: false };
      const uas = await Sipp.start(far, {
        ...common,
        scenario: scenario('uas-patient'),
        ...(calleeLost && { lost: calleeLost }),
      });
      const uac = await Sipp.start(near, {
        ...common,
        ...calling(alice, bob),
        scenario: scenario('uac-patient'),
        remote: tandem.proxy,
        rate,
        limit: calls,
        duration,
        ...(callerLost && { lost: callerLost }),
      });
      expect(await uac.succeed(deadline)).toMatchObject({ successful: calls, failed: 0 });
      expect(await uas.succeed(deadline)).toMatchObject({ successful: calls, failed: 0 });
    },
  );
});
