import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { connect, openPair } from '../phone/fixture/phones.ts';
import type { Fate, Phone } from '../phone/phone.ts';
import { talk } from './talk.ts';

const phones: Phone[] = [];
const never = new AbortController().signal;

afterAll(() => Promise.all(phones.map((phone) => phone.close())));

async function call(fate?: Fate) {
  const pair = await openPair('udp', { fate });
  phones.push(...pair);
  return connect(...pair);
}

describe('talking', () => {
  it('is heard at both ends, and both hear of its end', async () => {
    const [caller, callee] = await call();
    const { dropped, heard } = await talk(caller, callee, 1_000, never);
    expect(dropped).toBeUndefined();
    expect(heard.map(({ tone, lost }) => [tone, lost])).toEqual([
      [true, 0],
      [true, 0],
    ]);
    expect(callee.state).toBe('ended');
  });

  it('takes for lost what was lost on the way alone', async () => {
    let packets = 0;
    const fate: Fate = () => (++packets % 17 === 0 ? [] : packets % 41 === 0 ? [0, 0] : [0]);
    const [caller, callee] = await call(fate);
    const { heard } = await talk(caller, callee, 1_000, never);
    const statistics = [caller, callee].map((phone) => phone.audio.statistics);
    expect(statistics.some(({ sent }) => sent.withheld > 0)).toBe(true);
    expect(statistics.some(({ sent }) => sent.repeated > 0)).toBe(true);
    expect(statistics.some(({ received }) => received.lost > 0)).toBe(true);
    expect(heard.map(({ lost }) => lost)).toEqual([0, 0]);
  });

  it('tells of a call that is over before its time', async () => {
    const [caller, callee] = await call();
    const talked = talk(caller, callee, 600_000, never);
    await setImmediate();
    await callee.hangUp();
    expect((await talked).dropped).toMatch(/^ended by=(local|remote) status=200 reason=OK$/);
  });

  it('ends when it is told to', async () => {
    const [caller, callee] = await call();
    const stop = new AbortController();
    const talked = talk(caller, callee, 600_000, stop.signal);
    stop.abort();
    expect((await talked).dropped).toBeUndefined();
  });
});
