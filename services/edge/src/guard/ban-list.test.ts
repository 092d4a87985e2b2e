import { parseIpAddress } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import type { Ban } from './ban.ts';
import { BanList } from './ban-list.ts';

const now = 1_800_000_000_000;

function ban(source: string, more: Partial<Ban> = {}): Ban {
  const moment = { sinceMs: now, untilMs: now + 60_000, changedMs: now };
  return { source, policy: 'scanner', count: 1, detail: '', node: 'edge-1', ...moment, ...more };
}

function found(list: BanList, address: string, at = now): string | undefined {
  return list.find(parseIpAddress(address)!, at)?.source;
}

describe('a list of bans', () => {
  it('finds who is banned, alone or with the network, until it is over', () => {
    const list = new BanList(10);
    list.take(ban('192.0.2.4'), now);
    list.take(ban('2001:db8::/32'), now);
    expect([found(list, '192.0.2.4'), found(list, '192.0.2.5')]).toEqual(['192.0.2.4', undefined]);
    expect(found(list, '2001:db8:1::7')).toBe('2001:db8::/32');
    expect(found(list, '192.0.2.4', now + 60_000)).toBeUndefined();
    list.expire(now + 60_000);
    expect([list.size, [...list.all()]]).toEqual([0, []]);
  });

  it.each([
    ['later', { changedMs: now + 1 }, true],
    ['earlier', { changedMs: now - 1 }, false],
    ['of the same moment by a node of a higher name', { node: 'edge-2' }, true],
    ['of the same moment by a node of a lower name', { node: 'edge-0' }, false],
    ['the same', {}, false],
    ['over', { changedMs: now + 1, untilMs: now }, false],
  ])('takes a second ban of a source that is %s: %s', (_name, more, taken) => {
    const list = new BanList(10);
    list.take(ban('192.0.2.4', { count: 7 }), now);
    expect(list.take(ban('192.0.2.4', more), now)).toBe(taken);
    expect([list.size, list.get('192.0.2.4')?.count]).toEqual([1, taken ? 1 : 7]);
  });

  it('remembers what was lifted, so that an older ban does not come back', () => {
    const list = new BanList(10);
    list.take(ban('192.0.2.4'), now);
    expect(list.take(ban('192.0.2.4', { lifted: true, changedMs: now + 5 }), now)).toBe(true);
    expect(list.take(ban('192.0.2.4', { changedMs: now + 4 }), now)).toBe(false);
    expect([list.size, found(list, '192.0.2.4')]).toEqual([0, undefined]);
    expect(list.take(ban('192.0.2.4', { changedMs: now + 6 }), now)).toBe(true);
    expect(found(list, '192.0.2.4')).toBe('192.0.2.4');
  });

  it('is as long as it may be: what ends first makes room, and a shorter one finds none', () => {
    const list = new BanList(3);
    for (const last of [3, 1, 2]) list.take(ban(`192.0.2.${last}`, { untilMs: now + last * 1_000 }), now);
    expect(list.take(ban('192.0.2.9', { untilMs: now + 500 }), now)).toBe(false);
    expect(list.take(ban('192.0.2.9', { untilMs: now + 9_000 }), now)).toBe(true);
    expect([...list.all()].map(({ source }) => source)).toEqual(['192.0.2.3', '192.0.2.2', '192.0.2.9']);
    expect(list.size).toBe(3);
  });
});
