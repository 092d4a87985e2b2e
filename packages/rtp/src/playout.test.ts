import { describe, expect, it } from 'vitest';
import { Playout } from './playout.ts';

/** Puts numbers in, and lets a tick pass at each `-`; what was played, `.` for a tick without a packet. */
function play(script: string, depth = 2): { heard: string; playout: Playout } {
  const playout = new Playout(depth);
  const heard = script.split(' ').map((word) => {
    if (word !== '-') {
      const sequence = Number(word) & 0xffff;
      playout.put(sequence, Uint8Array.of(sequence & 255));
      return '';
    }
    const payload = playout.take();
    return payload ? `${payload[0]} ` : '. ';
  });
  return { heard: heard.join('').trim(), playout };
}

describe('Playout', () => {
  it.each([
    ['waits until it is deep enough', '1 - 2 - -', '. 1 2'],
    ['plays in order what came in order', '1 2 - 3 - 4 -', '1 2 3'],
    ['puts packets in order', '1 3 2 - - -', '1 2 3'],
    ['starts with the lowest that came while it waited', '2 1 - -', '1 2'],
    ['leaves a gap for one that is missing', '1 2 4 - - - -', '1 2 . 4'],
    ['plays one that comes just in time', '1 2 4 - - 3 - -', '1 2 3 4'],
    ['drops one that comes too late', '1 2 4 5 - - - 3 - -', '1 2 . 4 5'],
    ['plays a packet that comes twice once', '1 1 2 2 - - -', '1 2 .'],
    ['drops a second copy of what it has played', '1 2 - - 2 1 - 3 4 - -', '1 2 . 3 4'],
    ['waits again after it ran dry', '1 2 - - - 3 - 4 - -', '1 2 . . 3 4'],
    ['leaves out what never came while it was dry', '1 2 - - - 5 6 - -', '1 2 . 5 6'],
    ['begins anew far ahead', '1 2 3 - 5000 5001 - -', '1 136 137'],
    ['begins anew far behind', '5000 5001 - 1 2 - -', '136 1 2'],
    ['goes on where the numbers wrap', '65534 65535 65536 65537 - - - -', '254 255 0 1'],
    ['puts packets in order where the numbers wrap', '65535 65537 65536 - - -', '255 0 1'],
  ])('%s', (_what, script, heard) => {
    expect(play(script).heard).toBe(heard);
  });

  it('counts what it played, missed and refused', () => {
    expect(play('1 2 4 5 - - - 3 - -').playout.counters).toEqual({ played: 4, missing: 1, late: 1 });
  });

  it('keeps a copy', () => {
    const playout = new Playout(1);
    const payload = Uint8Array.of(7);
    playout.put(1, payload);
    payload[0] = 9;
    expect(playout.take()).toEqual(Uint8Array.of(7));
  });

  it('holds a bounded number of packets', () => {
    const playout = new Playout(1);
    for (let sequence = 0; sequence < 10_000; sequence++) playout.put(sequence, new Uint8Array(1));
    let ticks = 0;
    while (playout.take() || ticks < 200) ticks++;
    expect(playout.counters.played).toBeLessThanOrEqual(64);
  });
});
