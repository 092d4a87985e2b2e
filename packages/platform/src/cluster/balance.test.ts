import { describe, expect, it } from 'vitest';
import { type Candidate, rendezvous, smoothRoundRobin } from './balance.ts';
import { Balancer } from './balancer.ts';

function member(id: string, changes: Partial<Candidate> = {}): Candidate {
  return { id, weight: 1, load: 0, state: 'serving', ...changes };
}

const three = [member('media-1'), member('media-2'), member('media-3')];
const four = [...three, member('media-4')];
const callIds = Array.from(
  { length: 1_000 },
  (_, index) => `${(index * 7919).toString(36)}@192.0.2.${index % 250}`,
);

function tally(chosen: readonly (Candidate | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const id of chosen.map((each) => each?.id ?? 'nobody')) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

function picks(balancer: Balancer, members: readonly Candidate[], count: number): (Candidate | undefined)[] {
  return Array.from({ length: count }, (_, index) => balancer.pick(members, `call-${index}`));
}

describe('hash of a key', () => {
  it('spreads Call-IDs within 10 percent, and always gives one of them the same member', () => {
    const hash = new Balancer('hash');
    const first = callIds.map((callId) => hash.pick(three, callId));
    for (const count of Object.values(tally(first))) {
      expect(count).toBeGreaterThan((1_000 / 3) * 0.9);
      expect(count).toBeLessThan((1_000 / 3) * 1.1);
    }
    const elsewhere = new Balancer('hash');
    const reversed = [...three].reverse();
    expect(callIds.map((callId) => elsewhere.pick(reversed, callId))).toEqual(first);
  });

  it('moves about a quarter of the keys when a fourth member comes, all of them to it', () => {
    const moved = callIds.filter((callId) => rendezvous(three, callId) !== rendezvous(four, callId));
    expect(moved.length).toBeGreaterThan(200);
    expect(moved.length).toBeLessThan(300);
    expect(new Set(moved.map((callId) => rendezvous(four, callId)?.id))).toEqual(new Set(['media-4']));
  });

  it('moves only the keys of a member that goes', () => {
    const without = four.filter(({ id }) => id !== 'media-2');
    for (const callId of callIds) {
      const before = rendezvous(four, callId);
      if (before?.id !== 'media-2') expect(rendezvous(without, callId)).toBe(before);
    }
  });

  it.each([
    ['From', '<sip:1001@acme.example>'],
    ['To', '<sip:room-7@acme.example>'],
    ['Request-URI', 'sip:+34910000001@acme.example'],
  ])('keeps 100 calls with the same %s on one member', (_, key) => {
    const chosen = Array.from({ length: 100 }, () => new Balancer('hash').pick(four, key));
    expect(new Set(chosen).size).toBe(1);
  });

  it('spreads keys that differ in one digit', () => {
    const numbers = Array.from({ length: 3_000 }, (_, index) => `sip:${200_000 + index}@acme.example`);
    for (const count of Object.values(tally(numbers.map((number) => rendezvous(three, number))))) {
      expect(Math.abs(count - 1_000)).toBeLessThan(100);
    }
  });

  it('gives a member of triple weight triple the keys', () => {
    const members = [member('big', { weight: 3 }), member('small')];
    const { big } = tally(callIds.map((callId) => rendezvous(members, callId)));
    expect(Math.abs(big! - 750)).toBeLessThan(30);
  });
});

describe('round robin', () => {
  it('gives weights of 3:1 three quarters and one quarter', () => {
    const members = [member('big', { weight: 3 }), member('small')];
    expect(tally(picks(new Balancer('round-robin'), members, 100))).toEqual({ big: 75, small: 25 });
  });

  it('does not give a heavy member its turns in one go', () => {
    const members = [member('a', { weight: 3 }), member('b')];
    const credits = new Map<string, number>();
    const turns = Array.from({ length: 8 }, () => smoothRoundRobin(members, credits)?.id);
    expect(turns.join('')).toBe('aabaaaba');
  });

  it('goes on evenly when members come and go', () => {
    const balancer = new Balancer('round-robin');
    picks(balancer, three, 100);
    expect(tally(picks(balancer, four, 100))).toEqual({
      'media-1': 25,
      'media-2': 25,
      'media-3': 25,
      'media-4': 25,
    });
    expect(tally(picks(balancer, three.slice(1), 100))).toEqual({ 'media-2': 50, 'media-3': 50 });
  });
});

describe('least load', () => {
  it('chooses by load and weight', () => {
    const members = [
      member('a', { load: 10 }),
      member('b', { load: 24, weight: 3 }),
      member('c', { load: 9 }),
    ];
    expect(new Balancer('least-load').pick(members, '')?.id).toBe('b');
  });

  it('spreads a burst between two beats', () => {
    const members = [member('busy', { load: 10 }), member('idle'), member('new')];
    expect(tally(picks(new Balancer('least-load'), members, 29))).toEqual({ busy: 3, idle: 13, new: 13 });
  });

  it('shares among members that are idle by their weight', () => {
    let now = 0;
    const balancer = new Balancer('least-load', () => (now += 10_000));
    const members = [member('big', { weight: 3 }), member('small')];
    expect(tally(picks(balancer, members, 100))).toEqual({ big: 75, small: 25 });
  });

  it('believes the load that a member tells after it was given something', () => {
    const balancer = new Balancer('least-load', () => 0);
    const [a, b] = [member('a'), member('b', { load: 3 })];
    expect(tally(picks(balancer, [a, b], 3))).toEqual({ a: 3 });
    expect(balancer.pick([{ ...a }, b], '')?.id).toBe('a');
    expect(balancer.pick([{ ...a, load: 4 }, b], '')?.id).toBe('b');
  });
});

describe.each(['least-load', 'round-robin', 'hash'] as const)('%s', (balance) => {
  it('gives nothing to a member that drains', () => {
    const members = [member('a'), member('b', { state: 'draining' }), member('c')];
    const counts = tally(picks(new Balancer(balance), members, 100));
    expect(Object.keys(counts).sort()).toEqual(['a', 'c']);
  });

  it('knows when nobody serves', () => {
    expect(new Balancer(balance).pick([], 'key')).toBeUndefined();
    expect(new Balancer(balance).pick([member('a', { state: 'draining' })], 'key')).toBeUndefined();
  });
});
