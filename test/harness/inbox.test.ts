import { describe, expect, it } from 'vitest';
import { Inbox } from './inbox.ts';

function inbox(...items: readonly number[]): Inbox<number> {
  const box = new Inbox<number>('peer', String);
  for (const item of items) box.put(item);
  return box;
}

const even = (item: number) => item % 2 === 0;

describe('an inbox', () => {
  it('hands out the first match that came before', async () => {
    expect(await inbox(1, 2, 4).take('even', even)).toBe(2);
  });

  it('hands out what comes later, to one taker', async () => {
    const box = inbox();
    const takers = [box.take('even', even), box.take('even', even)];
    for (const item of [1, 2, 4]) box.put(item);
    expect(await Promise.all(takers)).toEqual([2, 4]);
  });

  it('keeps what did not match', async () => {
    const box = inbox(1, 2);
    await box.take('even', even);
    expect(box.drain()).toEqual([1]);
  });

  it('drains the part that matches', () => {
    const box = inbox(1, 2, 3);
    expect([box.drain(even), box.drain()]).toEqual([[2], [1, 3]]);
  });

  it('says after the deadline what came instead', async () => {
    await expect(inbox(1, 3).take('even', even, 0)).rejects.toThrow(
      'peer: no even (within 0 ms); what came instead:\n  1\n  3',
    );
  });

  it('tells those who wait, and those who ask later, that nothing more will come', async () => {
    const box = inbox();
    const taker = box.take('even', even);
    box.close('it ended');
    await expect(taker).rejects.toThrow('peer: no even (it ended)');
    await expect(box.take('odd', () => true)).rejects.toThrow('peer: no odd (it ended)');
  });
});
