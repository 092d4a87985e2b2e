import { describe, expect, it } from 'vitest';
import { Outbox, type Outgoing } from './outbox.ts';

function outbox(count: number, limits = { maxMessages: 5_000, maxOctets: 100_000 }): Outbox {
  const made = new Outbox(limits);
  for (let index = 0; index < count; index++) made.add('s', new Uint8Array(10), String(index));
  return made;
}

function send(from: Outbox): Outgoing[] {
  const sent: Outgoing[] = [];
  for (let event = from.send(); event; event = from.send()) sent.push(event);
  return sent;
}

const keys = (events: Outgoing[]): number[] => events.map(({ key }) => Number(key));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('the outbox', () => {
  it('sends in order, each once', () => {
    const box = outbox(3);
    expect(keys(send(box))).toEqual([0, 1, 2]);
    expect(send(box)).toEqual([]);
    expect(box.length).toBe(3);
  });

  it('sends what is not acknowledged once more, in order', () => {
    const box = outbox(4);
    const [first, , third] = send(box);
    box.remove(third!);
    box.remove(first!);
    box.rewind();
    const again = send(box);
    expect(keys(again)).toEqual([1, 3]);
    expect(again.map(({ attempts }) => attempts)).toEqual([2, 2]);
  });

  it('takes an acknowledgement once, also of an earlier attempt', () => {
    const box = outbox(2);
    const [, second] = send(box);
    box.rewind();
    expect([box.remove(second!), box.remove(second!)]).toEqual([true, false]);
    expect(keys(send(box))).toEqual([0]);
  });

  it('drops the oldest when too many wait, sent or not', () => {
    const box = outbox(4, { maxMessages: 4, maxOctets: 100_000 });
    send(box);
    expect(box.add('s', new Uint8Array(10), '4')).toBe(1);
    expect(box.length).toBe(4);
    box.rewind();
    expect(keys(send(box))).toEqual([1, 2, 3, 4]);
  });

  it('tells once of each event that it is settled, acknowledged or given up', () => {
    const box = outbox(0, { maxMessages: 2, maxOctets: 100_000 });
    const settled: string[] = [];
    for (const key of ['a', 'b', 'c']) box.add('s', new Uint8Array(10), key, () => settled.push(key));
    expect(settled).toEqual(['a']);
    const [second] = send(box);
    for (let times = 0; times < 2; times++) box.remove(second!);
    expect(settled).toEqual(['a', 'b']);
  });

  it('drops the oldest when they are too large together', () => {
    const box = outbox(4, { maxMessages: 100, maxOctets: 40 });
    expect(box.add('s', new Uint8Array(25), '4')).toBe(3);
    expect(keys(send(box))).toEqual([3, 4]);
    expect(box.add('s', new Uint8Array(41), '5')).toBe(3);
    expect(box.length).toBe(0);
  });

  it('has a bounded number on the wire, and goes on with each acknowledgement', () => {
    const box = outbox(5_000);
    const seen: number[] = [];
    for (let flight = send(box); flight.length > 0; flight = send(box)) {
      expect(flight.length).toBeLessThanOrEqual(512);
      seen.push(...keys(flight));
      for (const event of flight) box.remove(event);
    }
    expect(seen).toEqual(range(0, 5_000));
    expect(box.length).toBe(0);
  });

  it('has a bounded number of octets on the wire', () => {
    const box = new Outbox({ maxMessages: 100, maxOctets: 2 ** 30 });
    for (let index = 0; index < 10; index++) box.add('s', new Uint8Array(2 ** 20), String(index));
    const flight = send(box);
    expect(flight).toHaveLength(4);
    box.rewind();
    expect(send(box)).toEqual(flight);
    box.remove(flight[2]!);
    expect(keys(send(box))).toEqual([4]);
  });
});
