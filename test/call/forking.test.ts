import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { received } from '../harness/sipp-trace.ts';
import { expectTwoTone } from '../harness/two-tone.ts';
import { acme, Office, uriOf } from './office.ts';

const describe = needs('namespace', 'baresip', 'sipp');

describe('a user with several phones', () => {
  it('takes a call at one of them, and the others hear why they stop', async ({ network }) => {
    const office = await Office.open(network);
    const [alice, bob] = await office.pair();
    const desks = [await office.desk('1002', 'uas-ring-only'), await office.desk('1002', 'uas-ring-only')];
    await alice.dial(uriOf('1002'));
    await bob.incoming();
    await bob.accept();
    await Promise.all([alice.established(), bob.established()]);
    for (const desk of desks) {
      const { message } = received((await desk.succeed()).trace, 'CANCEL');
      expect(message.header('Reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
    }
    await alice.hangup();
    await bob.closed();
  });

  it('talks at the first that is taken off the hook when two are at once', async ({ network }) => {
    const office = await Office.open(network);
    const [alice, bob] = await office.pair();
    const late = await office.desk('1002', 'uas-answer-late');
    await alice.dial(uriOf('1002'));
    await bob.incoming();
    await bob.accept();
    await Promise.all([alice.established(), bob.established()]);
    await late.succeed();
    await expectTwoTone(alice, bob);
  });

  it('is rung at those it prefers together, then at the next', async ({ network }) => {
    const office = await Office.open(network, acme({ 1001: {}, 1002: { ringTimeout: 1 } }));
    const alice = await office.phone('1001');
    const preferred = [
      await office.desk('1002', 'uas-ring-only', ';q=1'),
      await office.desk('1002', 'uas-ring-only', ';q=1'),
    ];
    const next = await office.desk('1002', 'uas-answer', ';q=0.5');
    await alice.dial(uriOf('1002'));
    await alice.established();
    await alice.hangup();
    const [first, second, third] = await Promise.all([...preferred, next].map((desk) => desk.succeed()));
    const [begun, given] = ['INVITE', 'CANCEL'].map((method) =>
      [first!, second!].map(({ trace }) => received(trace, method).at),
    );
    expect(Math.max(...begun!)).toBeLessThan(Math.min(...given!));
    expect(received(third!.trace, 'INVITE').at).toBeGreaterThan(Math.max(...given!));
  });

  it('is rung nowhere any more when one of them declines', async ({ network }) => {
    const office = await Office.open(network);
    const alice = await office.phone('1001');
    const ringing = await office.desk('1002', 'uas-ring-only', ';q=1');
    const declining = await office.desk('1002', 'uas-reject', ';q=1');
    const next = await office.desk('1002', 'uas-answer', ';q=0.5');
    await alice.dial(uriOf('1002'));
    expect(await alice.closed()).toBe('603 Decline');
    await declining.succeed();
    const { message } = received((await ringing.succeed()).trace, 'CANCEL');
    expect(message.header('Reason')).toBe('SIP;cause=603;text="Declined"');
    expect((await next.stop()).trace).toEqual([]);
  });
});
