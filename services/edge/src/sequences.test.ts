import { expect, it } from 'vitest';
import { Sequences } from './sequences.ts';

/** Work that notes when it begins and ends when it is told to. */
function work(name: string, log: string[]): { run: () => Promise<void>; finish: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = async (): Promise<void> => {
    log.push(`${name} begins`);
    await promise;
    log.push(`${name} ends`);
  };
  return { run, finish: resolve };
}

it('runs what has the same key one after the other, and different keys side by side', async () => {
  const log: string[] = [];
  const sequences = new Sequences(() => {});
  const [first, second, other] = [work('first', log), work('second', log), work('other', log)];
  sequences.run('a', first.run);
  sequences.run('a', second.run);
  sequences.run('b', other.run);
  other.finish();
  second.finish();
  first.finish();
  await sequences.settled();
  expect(log.filter((entry) => !entry.startsWith('other'))).toEqual([
    'first begins',
    'first ends',
    'second begins',
    'second ends',
  ]);
  expect(log.indexOf('other begins')).toBeLessThan(log.indexOf('second begins'));
});

it('goes on after a failure, which it tells', async () => {
  const failures: unknown[] = [];
  const sequences = new Sequences((error) => failures.push(error));
  const error = new Error('the store is down');
  let ran = false;
  sequences.run('a', () => Promise.reject(error));
  sequences.run('a', async () => {
    ran = true;
  });
  await sequences.settled();
  expect([failures, ran]).toEqual([[error], true]);
});
