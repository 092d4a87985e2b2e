import { describe, expect, it } from 'vitest';
import { Leg } from './leg.ts';
import { type Outlet, PortPair } from './port-pair.ts';
import { PortPool } from './port-pool.ts';

const outlet: Outlet = { forward: () => {}, flush: () => {}, close: async () => {} };
const pairAt = (port: number, shared: boolean): PortPair =>
  new PortPair(port, shared, { rtp: outlet, rtcp: outlet });
const at = (address: number, port = 0): { address: number; port: number }[] => [{ address, port }];

function sharing(...ports: number[]): { pool: PortPool; pairs: PortPair[] } {
  const pool = new PortPool([]);
  const pairs = ports.map((port) => pairAt(port, true));
  for (const pair of pairs) pool.share(pair);
  return { pool, pairs };
}

describe('shared pairs', () => {
  it('are filled evenly', () => {
    const { pool } = sharing(10, 12, 14);
    const ports = [1, 2, 3, 4, 5, 6].map((address) => {
      const pair = pool.find(at(address))!;
      return new Leg(pair, 0, [], at(address)).pair.port;
    });
    expect(ports).toEqual([10, 12, 14, 10, 12, 14]);
  });

  it('keep legs of one address apart, until there is none left', () => {
    const { pool } = sharing(10, 12);
    const ports = [1, 1, 1].map((address) => {
      const pair = pool.find(at(address));
      return pair && new Leg(pair, 0, [], at(address)).pair.port;
    });
    expect(ports).toEqual([10, 12, undefined]);
  });

  it('are shared by one address when every port is known and different', () => {
    const { pool } = sharing(10);
    const pairs = [at(1, 500), at(1, 502), at(1, 500), at(1)].map((expectations) => {
      const pair = pool.find(expectations);
      return pair && new Leg(pair, 0, [], expectations).pair.port;
    });
    expect(pairs).toEqual([10, 10, undefined, undefined]);
  });

  it('are not for a leg of which nothing is known', () => {
    expect(sharing(10).pool.find([])).toBeUndefined();
  });
});

describe('own pairs', () => {
  it('are opened in ascending order', () => {
    const pool = new PortPool([10, 12, 14]);
    expect([0, 1, 2, 3].map(() => pool.takeClosed(0))).toEqual([10, 12, 14, undefined]);
  });

  it('are tried again a minute after somebody else had them', () => {
    const pool = new PortPool([10]);
    pool.taken(pool.takeClosed(0)!, 0);
    expect(pool.takeClosed(59_999)).toBeUndefined();
    expect(pool.takeClosed(60_000)).toBe(10);
  });

  it('are used again, the last that became free first', () => {
    const pool = new PortPool([]);
    for (const port of [10, 12]) pool.release(pairAt(port, false), 0);
    expect([0, 1, 2].map(() => pool.takeFree()?.port)).toEqual([12, 10, undefined]);
  });

  it('are not free while a leg is there', () => {
    const pool = new PortPool([]);
    const pair = pairAt(10, false);
    const leg = new Leg(pair, 0, [], []);
    pool.release(pair, 0);
    expect(pool.takeFree()).toBeUndefined();
    leg.leave();
    pool.release(pair, 0);
    expect(pool.takeFree()).toBe(pair);
  });

  it('are closed after ten idle minutes, and opened again when all others are in use', () => {
    const pool = new PortPool([14]);
    for (const [port, since] of [
      [10, 0],
      [12, 1000],
    ] as const)
      pool.release(pairAt(port, false), since);
    expect(pool.takeIdle(599_999)).toEqual([]);
    const idle = pool.takeIdle(600_000);
    expect(idle.map(({ port }) => port)).toEqual([10]);
    pool.closed(idle[0]!);
    expect(pool.takeIdle(601_000).map(({ port }) => port)).toEqual([12]);
    expect([pool.takeClosed(0), pool.takeClosed(0)]).toEqual([10, 14]);
  });
});
