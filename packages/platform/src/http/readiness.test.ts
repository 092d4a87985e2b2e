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

it('is not ready while it stops, though nothing is missing', () => {
  const readiness = new Readiness();
  readiness.stopping = true;
  expect([readiness.ready, readiness.missing]).toEqual([false, []]);
});
