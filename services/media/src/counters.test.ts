import { describe, expect, it } from 'vitest';
import { Counters } from './counters.ts';
import { rtpPacket } from './virtual-worker.ts';

/** Has a row take packets in; `delays` are how late each comes, in ms. */
function jitterUs(payloadType: number, clockRate: number, delays: readonly number[]): number {
  const counters = new Counters(4);
  const slot = counters.open(0)!;
  for (const [index, delay] of delays.entries()) {
    const packet = rtpPacket({ payloadType, sequence: index, timestamp: index * (clockRate / 50) });
    counters.receive(slot, packet, 0, packet.length, 1000 + index * 20 + delay);
  }
  return counters.direction([slot]).jitterUs;
}

const steady = new Array<number>(200).fill(0);
const uneven = Array.from({ length: 2000 }, (_, index) => (index % 2) * 5);

describe('jitter', () => {
  it.each([
    ['PCMU', 0, 8000],
    ['G722, whose clock is not its sample rate', 9, 8000],
    ['Opus', 111, 48_000],
    ['video', 97, 90_000],
    ['wide-band speech', 96, 16_000],
  ])('of %s is told in time, whatever its clock', (_what, payloadType, clockRate) => {
    expect(jitterUs(payloadType, clockRate, steady)).toBe(0);
    expect(jitterUs(payloadType, clockRate, uneven)).toBeCloseTo(5000, -2);
  });

  it('stays within its field when timestamps leap', () => {
    const counters = new Counters(1);
    const slot = counters.open(0)!;
    for (const [sequence, timestamp] of [0, 0, 0x7fffffff, 0, 0x7fffffff].entries()) {
      counters.receive(slot, rtpPacket({ sequence, timestamp }), 0, 172, sequence);
    }
    expect(counters.direction([slot]).jitterUs).toBe(0xffffffff);
  });

  it('is not told before the clock is known', () => {
    expect(jitterUs(111, 48_000, uneven.slice(0, 40))).toBe(0);
  });
});

describe('rows', () => {
  it('run out, and are used again from nothing', () => {
    const counters = new Counters(2);
    const [first] = [counters.open(5)!, counters.open(5)!];
    expect(counters.open(5)).toBeUndefined();
    counters.receive(first, rtpPacket(), 0, 172, 6);
    counters.close(first);
    expect(counters.open(9)).toBe(first);
    expect(counters.direction([first])).toMatchObject({ packets: 0, octets: 0 });
    expect(counters.heardAt[first]).toBe(9);
    expect(counters.totals([first])).toMatchObject({ packets: 1, octets: 172 });
  });
});
