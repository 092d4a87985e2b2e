import { describe, expect, it } from 'vitest';
import { PeerTable } from './peer-table.ts';

function find(table: PeerTable<string>, address: number, port: number): string | undefined {
  return table.find(Float64Array.of(0, address), Uint16Array.of(0, port), 1);
}

describe('PeerTable', () => {
  it('tells addresses and ports apart, of IPv4 and of IPv6', () => {
    const table = new PeerTable<string>();
    table.set(0xffffffff, 1, 'a');
    table.set(0xffffffff, 2, 'b');
    table.set(2 ** 32 + 0xffffffff, 1, 'c');
    table.set(0, 0, 'd');
    expect([find(table, 0xffffffff, 1), find(table, 0xffffffff, 2), find(table, 2 ** 33 - 1, 1)]).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(find(table, 0, 0)).toBe('d');
    expect(find(table, 1, 1)).toBeUndefined();
  });

  it('replaces and deletes', () => {
    const table = new PeerTable<string>();
    table.set(1, 1, 'a');
    table.set(1, 1, 'b');
    expect(find(table, 1, 1)).toBe('b');
    table.delete(1, 1);
    table.delete(1, 1);
    expect(find(table, 1, 1)).toBeUndefined();
    expect(table.size).toBe(0);
  });

  it('is what a Map is, whatever comes and goes', () => {
    const table = new PeerTable<string>();
    const map = new Map<string, string>();
    let state = 1;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let step = 0; step < 20_000; step++) {
      const [address, port] = [2 ** 31 + next(40), next(10)];
      if (next(5) < 2) {
        table.delete(address, port);
        map.delete(`${address}:${port}`);
      } else {
        table.set(address, port, String(step));
        map.set(`${address}:${port}`, String(step));
      }
      const [probe, probePort] = [2 ** 31 + next(40), next(10)];
      expect(find(table, probe, probePort)).toBe(map.get(`${probe}:${probePort}`));
      expect(table.size).toBe(map.size);
    }
  });
});
