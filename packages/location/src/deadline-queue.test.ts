import { expect, it } from 'vitest';
import { DeadlineQueue } from './deadline-queue.ts';

it('gives out a key when its second is over, once', () => {
  const queue = new DeadlineQueue();
  queue.add('a', 10);
  queue.add('b', 12);
  expect(queue.take(10)).toEqual([]);
  expect(queue.take(11)).toEqual(['a']);
  expect(queue.take(11)).toEqual([]);
  expect(queue.take(13)).toEqual(['b']);
});

it('gives out everything after a long pause, and takes keys that are due already', () => {
  const queue = new DeadlineQueue();
  queue.add('a', 1);
  queue.add('b', 5_000);
  expect(queue.take(1_800_000_000)).toEqual(['a', 'b']);
  queue.add('c', 2);
  expect(queue.take(1_800_000_000)).toEqual(['c']);
});

it('keeps what comes later', () => {
  const queue = new DeadlineQueue();
  for (let second = 0; second < 100; second++) queue.add(`${second}`, second);
  expect(queue.take(50)).toHaveLength(50);
  expect(queue.take(100)).toHaveLength(50);
});
