import { describe, expect, it } from 'vitest';
import { registrarSilent } from './faults.ts';
import { type Attempt, concluded, type Login, newLogin } from './login.ts';
import { problemOf } from './problem.ts';

const pace = { retry: 120, random: 1 };
const place = {
  asked: 600,
  seen: '192.0.2.1:5060',
  contact: 'sip:a@192.0.2.1',
  peer: 'udp 1.2.3.4:5060',
  edge: 'e',
};

function granted(at: number, seconds: number): Attempt {
  return { at, sequence: 2, ...place, granted: seconds };
}

function refused(at: number, more: { isFinal?: boolean; retryAfter?: number } = {}): Attempt {
  const problem = problemOf(registrarSilent, 'signaling', 'nothing', at);
  return { at, sequence: 2, ...place, problem, isFinal: false, ...more };
}

function waits(login: Login, count: number, attempt: (at: number) => Attempt): number[] {
  const all: number[] = [];
  let last = login;
  for (let index = 0; index < count; index++) {
    const at = last.dueAt;
    last = concluded(last, attempt(at), pace);
    all.push((last.dueAt - at) / 1_000);
  }
  return all;
}

describe('a login', () => {
  const login = newLogin('call', 'tag', 600, 1_000);

  it('is due at once, and then at half of what was granted', () => {
    expect(login.dueAt).toBe(1_000);
    const after = concluded(login, granted(2_000, 300), pace);
    expect(after).toMatchObject({
      status: 'registered',
      sequence: 2,
      since: 2_000,
      expiresAt: 302_000,
      dueAt: 152_000,
    });
  });

  it('is refreshed no more often than every five seconds, however little is granted', () => {
    expect(concluded(login, granted(0, 1), pace).dueAt).toBe(5_000);
  });

  it('is registered since the first time, as long as it has never run out', () => {
    const first = concluded(login, granted(0, 60), pace);
    expect(concluded(first, granted(30_000, 60), pace).since).toBe(0);
    expect(concluded(first, granted(61_000, 60), pace).since).toBe(61_000);
  });

  it('is tried again at growing distances, up to the one that is configured', () => {
    expect(waits(login, 8, (at) => refused(at))).toEqual([2, 4, 8, 16, 32, 64, 120, 120]);
  });

  it('is tried again by half as late where chance wants it', () => {
    expect(concluded(login, refused(0), { retry: 120, random: 0 }).dueAt).toBe(1_000);
  });

  it('keeps away as long as Retry-After says, an hour at most', () => {
    expect(concluded(login, refused(0, { retryAfter: 30 }), { retry: 120, random: 0 }).dueAt).toBe(30_000);
    expect(concluded(login, refused(0, { retryAfter: 90_000 }), { retry: 120, random: 0 }).dueAt).toBe(
      3_600_000,
    );
  });

  it('that was refused for good keeps away for all of the distance, and is rejected', () => {
    const after = concluded(login, refused(0, { isFinal: true }), pace);
    expect(after).toMatchObject({ status: 'rejected', dueAt: 120_000 });
  });

  it('that fails while the registrar still has us stays until that runs out, and begins anew after a success', () => {
    const first = concluded(login, granted(0, 600), pace);
    const failed = concluded(first, refused(300_000), pace);
    expect(failed).toMatchObject({ status: 'retrying', expiresAt: 600_000, failures: 1 });
    const again = concluded(failed, granted(302_000, 600), pace);
    expect(again).toMatchObject({ failures: 0, since: 0 });
    expect(again.problem).toBeUndefined();
  });
});
