import { expect } from 'vitest';
import { until } from '../../harness/deadline.ts';
import { needs } from '../../harness/needs.ts';
import { it } from '../../wire/fixture.ts';
import { Load } from './load.ts';
import { Party } from './party.ts';

const describe = needs('namespace');

describe('agents', () => {
  it('hold calls, change them and end them from either side', async ({ live: { tandem, network } }) => {
    const party = await Party.open({ network, proxy: tandem.proxy }, 2, { rate: 'speech' });
    const calls = await party.hold(10);
    for (const [index, call] of calls.entries()) {
      await until(
        () => 'both to hear',
        () => call.legs.every(({ audio }) => audio.arrivals.length > 0),
      );
      expect(await call.renew('caller')).toBe(200);
      expect(await call.renew('callee')).toBe(200);
      expect(call.legs.map(({ renegotiated }) => renegotiated)).toEqual([1, 1]);
      expect(await call.end(index % 2 ? 'caller' : 'callee')).toBe(200);
    }
    expect(party.complaints).toEqual([]);
    expect(party.up).toBe(0);
  });

  it('call at a steady rate, and tell what became of it', async ({ live: { tandem, network } }) => {
    const party = await Party.open({ network, proxy: tandem.proxy }, 2);
    const load = new Load(party, { rate: 50, duration: 100 });
    await expect.poll(() => load.tally.ended).toBeGreaterThan(20);
    const tally = await load.finish();
    expect(tally.ended).toBe(tally.attempts);
    expect(tally.summary).toBe(
      `${tally.attempts} calls, ${tally.attempts} answered, ${tally.attempts} ended`,
    );
    expect(party.complaints).toEqual([]);
  });
});
