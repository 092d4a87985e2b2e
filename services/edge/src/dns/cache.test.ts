import type { Question } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { Cache } from './cache.ts';

const question: Question = { type: 'A', name: 'sip.example' };
const records = ['192.0.2.1'];
const second = 1_000;

function learned(ttl: number, found: readonly string[] = records): Cache {
  const cache = new Cache();
  cache.learn(question, { records: found, ttl }, 0);
  return cache;
}

describe('what DNS has said', () => {
  it('is not known before somebody has asked', () => {
    expect(new Cache().look(question, 0, false)).toEqual({ known: undefined, ask: true, isOld: false });
  });

  it('holds for its time to live, and is asked for again a little before its end', () => {
    const cache = learned(60);
    expect(cache.look(question, 53 * second, false)).toEqual({ known: records, ask: false, isOld: false });
    expect(cache.look(question, 54 * second, false)).toEqual({ known: records, ask: true, isOld: false });
    expect(cache.look(question, 60 * second, false)).toEqual({ known: undefined, ask: true, isOld: true });
  });

  it.each([
    ['a second at least', 0, 1],
    ['a day at most', 1_000_000, 86_400],
  ])('holds for %s', (_name, ttl, lives) => {
    const cache = learned(ttl);
    expect(cache.look(question, lives * second - 1, false).known).toEqual(records);
    expect(cache.look(question, lives * second, false).known).toBeUndefined();
  });

  it('that there is no such name holds for five minutes at most (RFC 2308)', () => {
    const cache = learned(86_400, []);
    expect(cache.look(question, 300 * second - 1, false).known).toEqual([]);
    expect(cache.look(question, 300 * second, false).known).toBeUndefined();
  });

  it('is used after its end while nobody answers, for a day (RFC 8767)', () => {
    const cache = learned(60);
    expect(cache.look(question, 61 * second, true)).toEqual({ known: records, ask: true, isOld: true });
    expect(cache.look(question, (60 + 86_399) * second, true).known).toEqual(records);
    expect(cache.look(question, (60 + 86_400) * second, true).known).toBeUndefined();
  });

  it('is used after its end when it could not be asked for, which is not tried again for 5 s', () => {
    const cache = learned(60);
    cache.fail(question, { isRefusal: false, reason: 'no answer' }, 61 * second);
    expect(cache.look(question, 65 * second, false)).toEqual({ known: records, ask: false, isOld: true });
    expect(cache.look(question, 66 * second, false)).toEqual({ known: undefined, ask: true, isOld: true });
    cache.learn(question, { records: ['192.0.2.2'], ttl: 60 }, 67 * second);
    expect(cache.look(question, 67 * second, false).known).toEqual(['192.0.2.2']);
  });

  it('has failed when it was never known, for 5 s', () => {
    const cache = new Cache();
    cache.fail(question, { isRefusal: false, reason: 'no answer of 192.0.2.53' }, 0);
    expect(cache.look(question, 4_999, false)).toEqual({ known: 'failed', ask: false, isOld: false });
    expect(cache.failureOf(question)).toBe('no answer of 192.0.2.53');
    expect(cache.look(question, 5_000, false)).toEqual({ known: undefined, ask: true, isOld: false });
  });

  it('of 5,000 questions is kept: those in use, and the latest', () => {
    const cache = learned(86_400);
    for (let count = 0; count < 20_000; count++) {
      cache.learn({ type: 'A', name: `h${count}.example` }, { records, ttl: 60 }, 0);
      if (count % 1_000 === 0) cache.look(question, 0, false);
    }
    expect(cache.size).toBe(5_000);
    expect(cache.look(question, 0, false).known).toEqual(records);
    expect(cache.look({ type: 'A', name: 'h0.example' }, 0, false).known).toBeUndefined();
    expect(cache.look({ type: 'A', name: 'h19999.example' }, 0, false).known).toEqual(records);
  });
});
