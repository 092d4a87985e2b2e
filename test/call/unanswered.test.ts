import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { received } from '../harness/sipp-trace.ts';
import { acme, Office, uriOf } from './office.ts';

const describe = needs('namespace', 'baresip', 'sipp');

describe('a call that nobody takes', () => {
  it.for([
    ['uas-busy', '486 Busy Here'],
    ['uas-reject', '603 Decline'],
  ] as const)('ends with what the phone says, as by %s', async ([scenario, answer], { network }) => {
    const office = await Office.open(network);
    const alice = await office.phone('1001');
    const desk = await office.desk('1002', scenario);
    await alice.dial(uriOf('1002'));
    expect(await alice.closed()).toBe(answer);
    await desk.succeed();
    const status = Number.parseInt(answer, 10);
    const ended = { status, releasedBy: 'callee', outcome: 'success' };
    expect(await office.tandem.logged('call ended')).toMatchObject(ended);
  });

  it('ends when the callee refuses it', async ({ network }) => {
    const office = await Office.open(network);
    const [alice, bob] = await office.pair();
    await alice.dial(bob.uri);
    await bob.incoming();
    await bob.hangup();
    expect(await alice.closed()).toBe('486 Rejected');
  });

  it('ends when the caller gives up', async ({ network }) => {
    const office = await Office.open(network);
    const alice = await office.phone('1001');
    const desk = await office.desk('1002', 'uas-ring-only');
    await alice.dial(uriOf('1002'));
    await alice.ringing();
    await alice.hangup();
    const { message } = received((await desk.succeed()).trace, 'CANCEL');
    expect(message.header('Reason')).toBe('SIP;cause=487;text="Caller cancelled"');
  });

  it.concurrent.for([
    ['tenant', { ringTimeout: 1 }, {}],
    ['user', { ringTimeout: 300 }, { ringTimeout: 1 }],
  ] as const)('ends after the ring time of the %s', async ([, tenant, user], { network }) => {
    const office = await Office.open(network, acme({ 1001: {}, 1002: user }, tenant));
    const alice = await office.phone('1001');
    const desk = await office.desk('1002', 'uas-ring-only');
    await alice.dial(uriOf('1002'));
    expect(await alice.closed()).toBe('408 Request Timeout');
    const { message } = received((await desk.succeed()).trace, 'CANCEL');
    expect(message.header('Reason')).toBe('SIP;cause=408;text="Nobody answered"');
    const ended = { status: 408, releasedBy: 'system', fault: 'ring-timeout' };
    expect(await office.tandem.logged('call ended')).toMatchObject(ended);
  });

  it.concurrent('ends in time when the phone is gone', async ({ network }) => {
    const office = await Office.open(network, acme({ 1001: {}, 1002: {} }, { ringTimeout: 1 }));
    const [alice, bob] = await office.pair();
    await bob.kill();
    await alice.dial(bob.uri);
    expect(await alice.closed()).toBe('408 Request Timeout');
    const ended = { status: 408, fault: 'target-unreachable', outcome: 'upstream_error' };
    expect(await office.tandem.logged('call ended')).toMatchObject(ended);
  });

  it.concurrent('ends at once when the caller gives up on a phone that is gone', async ({ network }) => {
    const office = await Office.open(network);
    const [alice, bob] = await office.pair();
    await bob.kill();
    await alice.dial(bob.uri);
    await office.tandem.logged('call started');
    await alice.hangup();
    const ended = { status: 487, releasedBy: 'caller', outcome: 'success' };
    expect(await office.tandem.logged('call ended')).toMatchObject(ended);
  });

  it.concurrent('rings for as long as it may', async ({ network }) => {
    const office = await Office.open(network, acme({ 1001: {}, 1002: {} }, { ringTimeout: 20 }));
    const alice = await office.phone('1001');
    const desk = await office.desk('1002', 'uas-ring-only');
    await alice.dial(uriOf('1002'));
    // That it succeeds says that its 487 was acknowledged.
    const { trace } = await desk.succeed(40_000);
    const rung = received(trace, 'CANCEL').at - received(trace, 'INVITE').at;
    expect(rung).toBeGreaterThanOrEqual(19_900);
    expect(rung).toBeLessThan(25_000);
    expect(await alice.closed()).toBe('408 Request Timeout');
  });
});
