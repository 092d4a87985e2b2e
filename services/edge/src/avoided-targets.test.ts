import type { Target } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { AvoidedTargets } from './avoided-targets.ts';

const [a, b, c] = ['a', 'b', 'c'].map(
  (address): Target => ({ transport: 'udp', address, port: 5060, name: 'carrier.example' }),
) as [Target, Target, Target];
const all = [a, b, c];

describe('a target that has failed', () => {
  it('is tried last for 30 s', () => {
    const avoided = new AvoidedTargets();
    avoided.failed(a, 0);
    expect(avoided.order(all, 29_999)).toEqual([b, c, a]);
    expect(avoided.order(all, 30_000)).toEqual(all);
  });

  it('is tried last for as long as it has asked for, up to an hour', () => {
    const avoided = new AvoidedTargets();
    avoided.failed(a, 0, 120_000);
    avoided.failed(b, 0, 1e12);
    expect(avoided.order(all, 119_999)).toEqual([c, a, b]);
    expect(avoided.order(all, 120_000)).toEqual([a, c, b]);
    expect(avoided.order(all, 3_600_000)).toEqual(all);
  });

  it('is in its place again when it has answered', () => {
    const avoided = new AvoidedTargets();
    avoided.failed(a, 0);
    avoided.answered(a);
    expect(avoided.order(all, 1)).toEqual(all);
    expect(avoided.size).toBe(0);
  });

  it('is tried by one request when its time is over, and by the others once that has an answer', () => {
    const avoided = new AvoidedTargets();
    avoided.failed(a, 0);
    expect(avoided.order(all, 30_000)).toEqual(all);
    avoided.trying(a, 30_000);
    expect(avoided.order(all, 30_001)).toEqual([b, c, a]);
    avoided.answered(a);
    expect(avoided.order(all, 30_002)).toEqual(all);
  });

  it('is tried all the same when there is no other', () => {
    const avoided = new AvoidedTargets();
    for (const target of all) avoided.failed(target, 0);
    expect(avoided.order(all, 1)).toEqual(all);
    expect(avoided.order([a], 1)).toEqual([a]);
  });

  it('is forgotten when 10,000 others have failed since', () => {
    const avoided = new AvoidedTargets();
    avoided.failed(a, 0);
    for (let port = 1; port <= 10_000; port++) avoided.failed({ ...b, port }, 0);
    expect(avoided.size).toBe(10_000);
    expect(avoided.order(all, 1)[0]).toEqual(a);
  });
});
