import { describe, expect, it } from 'vitest';
import { nearestClockRate, staticClockRate } from './clock-rate.ts';

describe('staticClockRate', () => {
  it.each([
    [0, 8000],
    [8, 8000],
    [9, 8000],
    [18, 8000],
    [10, 44_100],
    [34, 90_000],
    [96, undefined],
    [127, undefined],
    [1, undefined],
  ])('of payload type %d is %d', (payloadType, rate) => {
    expect(staticClockRate(payloadType)).toBe(rate);
  });
});

describe('nearestClockRate', () => {
  it.each([
    [7900, 8000],
    [8200, 8000],
    [16_300, 16_000],
    [45_000, 44_100],
    [47_500, 48_000],
    [89_000, 90_000],
    [1, 8000],
    [1e9, 90_000],
  ])('to %d is %d', (measured, rate) => {
    expect(nearestClockRate(measured)).toBe(rate);
  });
});
