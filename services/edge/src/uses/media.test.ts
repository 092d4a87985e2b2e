import { media } from '@tandem/contract';
import { Balancer, busAway, busNoResponder, createLog, type Member, MemoryBus } from '@tandem/platform';
import { Fault, type FaultKind } from '@tandem/sip';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MediaWorkers } from './media.ts';
import { type Members, Workers } from './workers.ts';

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });
const open: media.Open = {
  call: 'call-1',
  streams: 1,
  callerSources: [],
  calleeSources: [],
  inactivity: 0,
  owner: 'edge-1',
};

let bus: MemoryBus;
let members: Member[];
let asked: string[];

beforeEach(() => {
  bus = new MemoryBus({ log, now: () => 0 });
  members = [];
  asked = [];
});

afterEach(() => bus.close());

/** A worker that takes every session, or refuses each. */
function worker(id: string, changes: Partial<Member> = {}, fault?: string): void {
  const announced = { tier: 'media', startedMs: 100, weight: 1, release: '', addresses: {} } as const;
  members.push({ id, state: 'serving', load: 0, configuration: '', ...announced, ...changes });
  bus.subscribe(`tandem.local.media.${id}`, ({ respond }) => {
    asked.push(id);
    const session = { session: `${id}.${100 + asked.length}`, toCaller: [], toCallee: [] };
    const reply: media.Reply['reply'] = fault
      ? { $case: 'refusal', value: { fault, detail: '' } }
      : { $case: 'session', value: session };
    respond(media.Reply.encode({ reply }).finish());
  });
}

function workers(): MediaWorkers {
  const membership: Members = { members: () => members, onChange: () => () => {} };
  return new MediaWorkers({
    bus,
    region: 'local',
    workers: new Workers(membership),
    balancer: new Balancer('least-load'),
    log,
    now: () => 0,
  });
}

describe('a session is opened', () => {
  it('on the worker with the least load', async () => {
    worker('busy', { load: 5 });
    worker('idle');
    expect((await workers().open(open, 'key')).session).toBe('idle.101');
  });

  it('on the next one when a worker refuses it or is gone', async () => {
    worker('full', {}, 'media-exhausted');
    worker('free', { load: 9 });
    members.push({ ...members[0]!, id: 'dead', load: 1 });
    expect((await workers().open(open, 'key')).session).toBe('free.102');
    expect(asked).toEqual(['full', 'free']);
  });

  it('nowhere when all refuse', async () => {
    worker('full', {}, 'media-exhausted');
    await expect(workers().open(open, 'key')).rejects.toThrow('media-unavailable: media-exhausted');
  });

  it('on none that drains', async () => {
    worker('leaving', { state: 'draining' });
    worker('staying', { load: 9 });
    expect((await workers().open(open, 'key')).session).toBe('staying.101');
  });

  it('on any worker when none is known', async () => {
    worker('allocate');
    members = [];
    expect((await workers().open(open, 'key')).session).toBe('allocate.101');
  });
});

describe('a session is closed', () => {
  /** Fails some requests before it does what it is asked. */
  const failing = (times: number, kind: FaultKind): void => {
    const request = bus.request.bind(bus);
    let left = times;
    bus.request = async (...args) => {
      if (left-- > 0) throw new Fault(kind, 'once more');
      return request(...args);
    };
  };

  it.each([
    ['the bus is away', busAway],
    ['the worker has only just come back', busNoResponder],
  ])('later when %s', async (_, kind) => {
    worker('media-1');
    failing(2, kind);
    const edge = workers();
    expect(await edge.close('media-1.101')).toBeUndefined();
    expect(edge.unclosed).toBe(1);
    await expect.poll(() => asked).toEqual(['media-1']);
    await expect.poll(() => edge.unclosed).toBe(0);
  });

  it('later by an edge that has not met the worker yet', async () => {
    worker('media-1');
    members = [];
    failing(1, busAway);
    expect(await workers().close('media-1.101')).toBeUndefined();
    await expect.poll(() => asked).toEqual(['media-1']);
  });

  it('never by a worker that is gone', async () => {
    worker('media-1', { startedMs: 200 });
    failing(1, busNoResponder);
    const edge = workers();
    expect(await edge.close('media-1.101')).toBeUndefined();
    expect(edge.unclosed).toBe(0);
  });
});

describe('the worker of a session', () => {
  const known = (changes: Partial<Member> = {}): Workers => {
    worker('media-1', changes);
    return new Workers({ members: () => members, onChange: () => () => {} });
  };

  it('has it while it serves', () => {
    const well = known();
    expect([well.holds('media-1.100'), well.serves('media-1.100')]).toEqual([true, true]);
    expect(well.holds('media-2.100')).toBe(false);
  });

  it('has it no more when it has started anew', () => {
    const anew = known({ startedMs: 200 });
    expect([anew.holds('media-1.100'), anew.answersFor('media-1.100')]).toEqual([false, false]);
    expect(anew.holds('media-1.200')).toBe(true);
  });

  it('still answers for it while it drains', () => {
    const draining = known({ state: 'draining' });
    expect([draining.holds('media-1.100'), draining.answersFor('media-1.100')]).toEqual([false, true]);
  });

  it('may not have it any more when it was out of sight', () => {
    const back = known();
    back.leave({ id: 'media-1', startedMs: 100 });
    expect([back.holds('media-1.100'), back.serves('media-1.100')]).toEqual([false, true]);
  });

  it('may not have it any more when it had stood still before this edge came', () => {
    const back = known({ backSinceMs: 150 });
    expect([back.holds('media-1.120'), back.answersFor('media-1.120')]).toEqual([false, true]);
    expect(back.holds('media-1.150')).toBe(true);
  });

  it('may be there though nothing was ever heard of it', () => {
    const others = known();
    expect([others.isUnheardOf('media-1.100'), others.isUnheardOf('media-2.100')]).toEqual([false, true]);
    others.leave({ id: 'media-2', startedMs: 100 });
    expect(others.isUnheardOf('media-2.100')).toBe(false);
  });

  it('is taken to have it where nothing is known of workers', () => {
    const alone = new Workers(undefined);
    expect([alone.holds('media-9.1'), alone.serves('media-9.1'), alone.answersFor('media-9.1')]).toEqual([
      true,
      true,
      true,
    ]);
  });
});
