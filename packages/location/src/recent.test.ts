import { describe, expect, it } from 'vitest';
import { RecentRegistrations } from './recent.ts';

describe('RecentRegistrations', () => {
  it('remembers fields as they were, also that there are none', () => {
    const recent = new RecentRegistrations(9);
    recent.set('a', ['v', '1 2', '1', '["x"]'], 0);
    recent.set('b', [], 0);
    expect([recent.get('a'), recent.get('b'), recent.get('c')]).toEqual([
      ['v', '1 2', '1', '["x"]'],
      [],
      undefined,
    ]);
  });

  it('knows what is too old', () => {
    const recent = new RecentRegistrations(9);
    recent.set('a', [], 5_000);
    expect(recent.get('a', 65_000, 60_000)).toEqual([]);
    expect(recent.get('a', 65_001, 60_000)).toBeUndefined();
    expect(recent.get('a')).toEqual([]);
  });

  it('forgets what was not seen for longest when there is no room', () => {
    const recent = new RecentRegistrations(2);
    for (const aor of ['a', 'b', 'a', 'c']) recent.set(aor, [], 0);
    expect(['a', 'b', 'c'].map((aor) => recent.get(aor) !== undefined)).toEqual([true, false, true]);
  });
});
