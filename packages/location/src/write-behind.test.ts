import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WriteBehind } from './write-behind.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const fail = (error: unknown) => expect.fail(String(error));

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, open: resolve };
}

it('writes once for many changes', async () => {
  const write = vi.fn(async () => {});
  const writer = new WriteBehind(write, 100, fail);
  for (let change = 0; change < 10; change++) writer.touch();
  await vi.advanceTimersByTimeAsync(99);
  expect(write).toHaveBeenCalledTimes(0);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(write).toHaveBeenCalledTimes(1);
});

it('writes again for a change that came during a write, and rests between the two', async () => {
  const { promise, open } = gate();
  const write = vi.fn(() => promise);
  const writer = new WriteBehind(write, 100, fail);
  writer.touch();
  await vi.advanceTimersByTimeAsync(300);
  writer.touch();
  open();
  await vi.advanceTimersByTimeAsync(1_999);
  expect(write).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(write).toHaveBeenCalledTimes(2);
});

it('tries again after a failure', async () => {
  const errors: unknown[] = [];
  const write = vi.fn(async () => {}).mockRejectedValueOnce(new Error('disk full'));
  const writer = new WriteBehind(write, 100, (error) => errors.push(error));
  writer.touch();
  await vi.advanceTimersByTimeAsync(200);
  expect([write.mock.calls.length, errors.length]).toEqual([2, 1]);
});

it('writes what is left when it closes, after the write that runs', async () => {
  const { promise, open } = gate();
  const write = vi.fn(() => promise);
  const writer = new WriteBehind(write, 100, fail);
  writer.touch();
  await vi.advanceTimersByTimeAsync(100);
  writer.touch();
  const closed = writer.close();
  expect(write).toHaveBeenCalledTimes(1);
  open();
  await closed;
  expect(write).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(write).toHaveBeenCalledTimes(2);
});

it('writes nothing when nothing has changed', async () => {
  const write = vi.fn(async () => {});
  await new WriteBehind(write, 100, fail).close();
  expect(write).toHaveBeenCalledTimes(0);
});
