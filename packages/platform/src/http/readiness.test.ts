import { expect, it } from 'vitest';
import { Readiness } from './readiness.ts';

it('names what is missing until it is there', () => {
  const readiness = new Readiness();
  expect(readiness.ready).toBe(true);
  readiness.set('bus', false);
  readiness.set('configuration', false);
  readiness.set('bus', true);
  expect([readiness.ready, readiness.missing]).toEqual([false, ['configuration']]);
  readiness.set('configuration', true);
  expect([readiness.ready, readiness.missing]).toEqual([true, []]);
});

it.each(['stopping', 'draining'] as const)(
  'is not ready while it is %s, though nothing is missing',
  (state) => {
    const readiness = new Readiness();
    readiness[state] = true;
    expect([readiness.ready, readiness.missing]).toEqual([false, []]);
  },
);
