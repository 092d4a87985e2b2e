import { describe, expect, it } from 'vitest';
import type { Flow } from '../socket/flow.ts';
import { Inbox } from './inbox.ts';
import type { Lane } from './lane.ts';

const datagrams = { reliable: false, connection: 0 } as Flow;

/** An inbox whose messages are named after their lane, each of which takes some milliseconds. */
function open({ sheds = true, cost = 1, refusal = 0 } = {}) {
  const world = { now: 1_000 };
  const turns: (() => void)[] = [];
  const steps: (() => void)[] = [];
  const served: string[] = [];
  const late: string[] = [];
  const dropped: string[] = [];
  const inbox = new Inbox({
    sheds,
    now: () => world.now,
    soon: (turn) => void turns.push(turn),
    after: (step) => void steps.push(step),
    lane: ({ text }) => text.split(' ', 1)[0] as Lane,
    serve: ({ text }, isLate) => {
      world.now += isLate ? refusal : cost;
      (isLate ? late : served).push(text);
    },
    drop: ({ text }) => void dropped.push(text),
  });
  /** What the event loop does next; `false` when it has nothing to do. */
  const turn = (): boolean => {
    const next = turns.shift();
    next?.();
    for (let step = steps.shift(); step; step = steps.shift()) step();
    return next !== undefined;
  };
  const finish = (): void => {
    while (turn());
  };
  return { inbox, world, served, late, dropped, turn, finish };
}

describe('an inbox', () => {
  it('serves all in turn as long as that is done in time', () => {
    const { inbox, served, turn } = open({ cost: 0 });
    for (const text of ['call 1', 'first 1', 'probe 1', 'first 2']) inbox.put(text, datagrams);
    expect(served).toEqual([]);
    expect(turn()).toBe(true);
    expect(served).toEqual(['call 1', 'first 1', 'probe 1', 'first 2']);
    expect([inbox.isBehind, turn()]).toEqual([false, false]);
  });

  it('serves what goes on first when there is more than can be done', () => {
    const { inbox, served, late, finish, turn } = open();
    const order = [
      'call 1',
      'call 2',
      'probe 1',
      'call 3',
      'registration 1',
      'answering 1',
      'first 1',
      'first 2',
    ];
    for (const text of order) inbox.put(text, datagrams);
    turn();
    expect([served, inbox.isBehind]).toEqual([['call 1', 'call 2', 'probe 1'], true]);
    finish();
    expect(served.slice(3)).toEqual(['first 1', 'first 2', 'answering 1', 'registration 1', 'call 3']);
    expect([late, inbox.isBehind]).toEqual([[], false]);
  });

  it('looks at what else has arrived every three milliseconds', () => {
    const { inbox, served, turn } = open();
    for (let index = 0; index < 10; index++) inbox.put(`call ${index}`, datagrams);
    turn();
    inbox.put('first', datagrams);
    turn();
    expect(served).toEqual(['call 0', 'call 1', 'call 2', 'first', 'call 3', 'call 4']);
  });

  it('reads on before it serves anything as long as there is more, but not for ever', () => {
    const { inbox, served, turn } = open({ cost: 0 });
    for (let reading = 0; reading < 64; reading++) {
      for (let index = 0; index < 32; index++) inbox.put(`call ${reading} ${index}`, datagrams);
      turn();
      expect(served).toEqual([]);
    }
    for (let index = 0; index < 32; index++) inbox.put(`call ${index}`, datagrams);
    turn();
    expect(served.length).toBe(65 * 32);
  });

  it('does a burst of two seconds', () => {
    const { inbox, served, late, finish } = open();
    for (let index = 0; index < 1_900; index++) inbox.put(`call ${index}`, datagrams);
    finish();
    expect([served.length, late]).toEqual([1_900, []]);
  });

  it('refuses what has waited too long when that does not end, and no registration for as long', () => {
    const { inbox, world, served, late, finish, turn } = open();
    for (; world.now < 8_000; ) {
      for (let index = 0; index < 4; index++) inbox.put(`call ${world.now} ${index}`, datagrams);
      turn();
    }
    expect(late.length).toBeGreaterThan(1_000);
    expect(served.length).toBeGreaterThan(3_000);
    // All waited for 0.2 s or less in the end.
    expect(Number(served.at(-1)!.split(' ')[1])).toBeGreaterThanOrEqual(world.now - 210);
    inbox.put('registration', datagrams);
    late.length = 0;
    world.now += 900;
    finish();
    expect(late).not.toContain('registration');
    expect(served).toContain('registration');
  });

  it('takes a load that goes on for no burst, though all of it is done now and then', () => {
    const { inbox, world, late, finish } = open();
    const crowd = (): void => {
      for (let index = 0; index < 1_000; index++) inbox.put(`call ${world.now} ${index}`, datagrams);
      finish();
    };
    for (let round = 0; round < 3; round++) crowd();
    expect(late).toEqual([]);
    crowd();
    crowd();
    expect(late.length).toBeGreaterThan(500);
    late.length = 0;
    world.now += 5_000;
    crowd();
    expect(late).toEqual([]);
  });

  it('refuses for ten milliseconds at most before it serves again', () => {
    const { inbox, world, late, served, turn } = open({ refusal: 0.25 });
    for (let index = 0; index < 30; index++) inbox.put(`call ${index}`, datagrams);
    turn();
    for (let index = 30; index < 50; index++) inbox.put(`call ${index}`, datagrams);
    world.now += 2_500;
    inbox.put('first', datagrams);
    turn();
    expect([late.length, served.slice(3)]).toEqual([40, ['first', 'call 43', 'call 44']]);
  });

  it('takes what is sent again while it waits for the same', () => {
    const { inbox, served, finish, turn } = open();
    for (let index = 0; index < 5; index++) inbox.put(`call ${index}`, datagrams);
    for (const text of ['call 3', 'call 4', 'first', 'first']) inbox.put(text, datagrams);
    turn();
    finish();
    expect(served).toEqual(['call 0', 'call 1', 'call 2', 'first', 'first', 'call 3', 'call 4']);
    inbox.put('call 3', datagrams);
    finish();
    expect(served.at(-1)).toBe('call 3');
  });

  it('refuses nothing where it must not', () => {
    const { inbox, world, late, served, finish, turn } = open({ sheds: false });
    for (let index = 0; index < 100; index++) inbox.put(`call ${index}`, datagrams);
    turn();
    world.now += 60_000;
    finish();
    expect([late, served.length]).toEqual([[], 100]);
  });

  it('has room for so many octets, and takes more when there is room again', () => {
    const { inbox, dropped, finish, served } = open({ cost: 0 });
    const mebibyte = 'x'.repeat(1024 * 1024);
    for (let index = 0; index < 40; index++) inbox.put(`call ${mebibyte.slice(5)}`, datagrams);
    expect(dropped.length).toBe(8);
    finish();
    inbox.put('call', datagrams);
    finish();
    expect(served.length).toBe(33);
  });

  it('serves what waits of a connection that ends, in order, and nothing of others', () => {
    const { inbox, served, finish, turn } = open();
    const [one, other] = [7, 8].map((connection) => ({ reliable: true, connection }) as Flow);
    for (let index = 0; index < 3; index++) inbox.put(`call ${index}`, datagrams);
    inbox.put('probe of one', one!);
    inbox.put('first of other', other!);
    turn();
    inbox.put('first of one', one!);
    inbox.settle(one!);
    inbox.settle(one!);
    inbox.settle(datagrams);
    expect(served).toEqual(['call 0', 'call 1', 'call 2', 'probe of one', 'first of one']);
    finish();
    expect(served.slice(5)).toEqual(['first of other']);
  });
});
