import { describe, expect, it } from 'vitest';
import { admittedOf, bottleneckOf, nextShedding, type Shedding, unshed } from './shedding.ts';

const step = 250;

/** Lets an edge work for some seconds: `offered` is what all calls together would take of it. */
function work(seconds: number, offered: number, from: Shedding = unshed, rejecting = 0): Shedding {
  let state = from;
  for (let ms = 0; ms < seconds * 1_000; ms += step) {
    const used = offered * state.admitted + offered * (1 - state.admitted) * rejecting;
    state = nextShedding(state, Math.min(1, used), step);
  }
  return state;
}

describe('what an edge lets in', () => {
  it.each([0, 0.5, 0.9, 0.96])('is everything at an occupancy of %d', (occupancy) => {
    expect(work(60, occupancy)).toEqual(unshed);
  });

  it('is everything in a burst of two seconds', () => {
    expect(work(2, 3).admitted).toBe(1);
    expect(work(2, 3, work(0.25, 0.5, work(2, 3))).admitted).toBe(1);
  });

  it.each([1.2, 2, 3, 10])('is about what it can do when %d times that comes', (offered) => {
    const { admitted } = work(20, offered);
    expect(admitted * offered).toBeGreaterThan(0.75);
    expect(admitted * offered).toBeLessThan(1.05);
  });

  it('leaves room for the refusals themselves', () => {
    const { admitted } = work(20, 3, unshed, 0.05);
    expect(3 * admitted + 3 * (1 - admitted) * 0.05).toBeLessThan(1.05);
    expect(3 * admitted).toBeGreaterThan(0.65);
  });

  it('is enough within six seconds of three times its capacity', () => {
    expect(work(6, 3).admitted * 3).toBeLessThan(1.1);
  });

  it('is everything again within five seconds after that', () => {
    expect(work(5, 0.5, work(60, 3)).admitted).toBe(1);
    expect(work(10, 0.9, work(60, 3)).admitted).toBe(1);
  });

  it('is never nothing', () => {
    expect(work(600, 1_000_000).admitted).toBeGreaterThan(0);
  });
});

describe('of each rank', () => {
  it.each([
    // admitted, first, registration, call, probe
    [1, 1, 1, 1, 1],
    [0.75, 1, 1, 0.75, 0.5],
    [0.5, 1, 1, 0.5, 0],
    [0.25, 1, 1, 0.25, 0],
    [0.1, 1, 0.4, 0.1, 0],
    [0.02, 1, 0.08, 0.02, 0],
  ])('at %d: first %d, registrations %d, calls %d, probes %d', (admitted, ...shares) => {
    const ranks = ['first', 'registration', 'call', 'probe'] as const;
    expect(ranks.map((rank) => admittedOf(rank, { admitted, saturatedMs: 0 }))).toEqual(shares);
  });
});

it.each([
  [{ processor: 0.9, lag: 0.1, transactions: 0.2, router: 0.3 }, 'processor'],
  [{ processor: 0.9, lag: 1, transactions: 0.2, router: 0.3 }, 'lag'],
  [{ processor: 0, lag: 0, transactions: 0.2, router: 0.1 }, 'transactions'],
  [{ processor: 0.4, lag: 0, transactions: 0.2, router: 0.8 }, 'router'],
] as const)('%j is for want of %s', (pressure, part) => {
  expect(bottleneckOf(pressure)).toBe(part);
});
