import { createLog, type Member, MemoryMembers, MemoryMembership } from '@tandem/platform';
import { parseMessage, type SipRequest } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { Load } from './load.ts';
import { lotOf, rankOf } from './rank.ts';

function request(method: string, callId: string, toTag = ''): SipRequest {
  const text = [
    `${method} sip:1002@acme.example SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1',
    'From: <sip:1001@acme.example>;tag=a',
    `To: <sip:1002@acme.example>${toTag}`,
    `Call-ID: ${callId}`,
    `CSeq: 1 ${method}`,
    '',
    '',
  ].join('\r\n');
  return parseMessage(text) as SipRequest;
}

const none = { active: 0, completed: 0 };

function open(others: readonly Partial<Member>[] = [], sheds = true) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    level: 'info',
    node: 'edge-1',
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const members = new MemoryMembers();
  const join = (id: string, other: Partial<Member> = {}): void => {
    const place = { tier: 'edge', id, startedMs: 0, weight: 1, release: '' } as const;
    members.enter({ ...place, addresses: {}, state: 'serving', load: 0, configuration: '', ...other });
  };
  for (const [index, other] of others.entries()) join(`other-${index}`, other);
  const world = { now: 1_800_000_000_000, active: 0, idle: 0, transactions: 0, isBehind: true };
  const load = new Load({
    node: 'edge-1',
    sheds,
    capacity: 1_000,
    tallies: () => ({
      'invite-server': { active: world.transactions, completed: 0 },
      'non-invite-server': none,
      'invite-client': none,
      'non-invite-client': none,
    }),
    isBehind: () => world.isBehind,
    membership: new MemoryMembership(log, members),
    log,
    now: () => world.now,
    utilization: () => ({ active: world.active, idle: world.idle, utilization: 0 }),
  });
  /** Lets some seconds pass in which the event loop worked for a share of the time. */
  const pass = (seconds: number, busy: number, late = 0): void => {
    for (let ms = 0; ms < seconds * 1_000; ms += 250) {
      world.now += 250 + late;
      world.active += (250 + late) * busy;
      world.idle += (250 + late) * (1 - busy);
      load.sample();
    }
  };
  return { join, load, world, pass, lines };
}

/** Of 1,000 requests, how many are refused. */
function shedOf(load: Load, method: string, isEmergency = false, isLate = false): number {
  const calls = Array.from({ length: 1_000 }, (_, index) => request(method, `call-${index}@192.0.2.4`));
  return calls.filter((each) => load.welcome(each, () => isEmergency, isLate) === 'no').length;
}

describe('an edge', () => {
  it('refuses a request again that it has refused, though it has room by then', () => {
    const { load } = open();
    const late = request('INVITE', 'late@192.0.2.4');
    expect(load.welcome(late, () => false, true)).toBe('no');
    load.refused(late, true);
    expect(load.welcome(late, () => false, false)).toBe('no');
    expect(load.welcome(request('INVITE', 'another@192.0.2.4'), () => false, false)).toBe('yes');
  });

  it('knows what it has answered while more waited, so that a copy has no other answer', () => {
    const { load, world } = open();
    world.isBehind = false;
    load.answered(request('INVITE', 'abreast@192.0.2.4'));
    world.isBehind = true;
    load.answered(request('INVITE', 'behind@192.0.2.4'));
    const answered = ['abreast', 'behind', 'another'].map((name) => request('INVITE', `${name}@192.0.2.4`));
    expect(answered.map((each) => load.hasAnswered(each))).toEqual([false, true, false]);
  });

  it('that may refuse nothing takes all, and tells how busy it is', () => {
    const { load, pass, lines } = open([], false);
    pass(60, 1);
    expect([shedOf(load, 'INVITE'), shedOf(load, 'OPTIONS'), load.admitted, lines]).toEqual([0, 0, 1, []]);
    expect(load.occupancy).toBe(1);
  });

  it('that works all the time refuses nothing that comes in time', () => {
    const { load, pass, lines } = open();
    pass(60, 1);
    expect([shedOf(load, 'INVITE'), shedOf(load, 'OPTIONS'), load.admitted, lines]).toEqual([0, 0, 1, []]);
    expect(load.occupancy).toBe(1);
  });

  it('is not full when it works all the time but keeps up', () => {
    const { load, pass, world } = open();
    world.isBehind = false;
    pass(60, 1);
    expect(load.occupancy).toBe(0.85);
  });

  it('refuses what is late, unless it goes on with something or calls for help, and says so once', () => {
    const { load, pass, lines } = open();
    pass(1, 1);
    expect(['INVITE', 'OPTIONS', 'REGISTER'].map((each) => shedOf(load, each, false, true))).toEqual([
      1_000, 1_000, 1_000,
    ]);
    expect(
      ['CANCEL', 'BYE'].map((each) => load.welcome(request(each, 'c', ';tag=b'), () => false, true)),
    ).toEqual(['first', 'first']);
    expect(shedOf(load, 'INVITE', true, true)).toBe(0);
    expect(load.admitted).toBe(0);
    load.refused(request('INVITE', 'c'), true);
    expect(load.shed.processor).toBe(1);
    pass(1, 1);
    expect(lines).toEqual([
      expect.objectContaining({ tier: 'edge', edges: 0, bottleneck: 'processor', capacity: 1_000 }),
    ]);
    pass(10, 0.5);
    expect([load.admitted, lines.length]).toEqual([1, 2]);
  });

  // W-59
  it('says that more edges have come while it refuses calls, once for each time', () => {
    const { join, load, pass, lines } = open([{}]);
    load.refused(request('INVITE', 'c'), true);
    pass(1, 1);
    join('another');
    pass(1, 1);
    expect(lines.map(({ msg, edges, more }) => [msg, edges, more])).toEqual([
      [expect.stringContaining('more edges are needed'), 1, undefined],
      ['capacity, scaling in progress: more edges have come', 2, 1],
    ]);
    pass(6, 0.5);
    join('a third one');
    pass(1, 0.5);
    expect(lines).toHaveLength(3);
  });

  it('refuses a share of calls for want of anything but time, in the order of what they are', () => {
    const { load, pass } = open();
    pass(6, 0.2, 600);
    expect(shedOf(load, 'INVITE')).toBeGreaterThan(400);
    expect(shedOf(load, 'OPTIONS')).toBe(1_000);
    expect(shedOf(load, 'REGISTER')).toBeLessThan(shedOf(load, 'INVITE'));
    expect(shedOf(load, 'CANCEL')).toBe(0);
    expect(shedOf(load, 'INVITE', true)).toBe(0);
    for (const method of ['BYE', 'INVITE', 'UPDATE', 'INFO'])
      expect(load.welcome(request(method, 'c', ';tag=b'), () => false, false)).toBe('first');
  });

  it('that stood still for a while refuses nothing', () => {
    const { load, pass } = open();
    for (let pause = 0; pause < 3; pause++) {
      pass(0.25, 1, 10_000);
      pass(1, 0.5);
    }
    expect(shedOf(load, 'INVITE')).toBe(0);
  });

  it('decides alike for all requests of a call', () => {
    const { load, pass } = open();
    pass(4, 0.2, 600);
    for (let index = 0; index < 100; index++) {
      const fates = ['INVITE', 'INVITE'].map((method) =>
        load.welcome(request(method, `call-${index}`), () => false, false),
      );
      expect(fates[0]).toBe(fates[1]);
    }
  });

  it.each([
    ['lag', (each: ReturnType<typeof open>) => each.pass(6, 0.2, 600)],
    [
      'transactions',
      (each: ReturnType<typeof open>) => {
        each.world.transactions = 990;
        each.pass(5, 0.2);
      },
    ],
  ] as const)('refuses for want of %s', (bottleneck, strain) => {
    const opened = open();
    strain(opened);
    expect(shedOf(opened.load, 'INVITE')).toBeGreaterThan(0);
    opened.load.refused(request('INVITE', 'c'), false);
    expect(opened.load.shed).toMatchObject({ [bottleneck]: 1 });
  });

  it('refuses when routers take all the time that they may', () => {
    const { load, pass, world } = open();
    for (let question = 0; question < 50; question++) {
      const askedAt = load.asked();
      world.now += 2_000;
      load.decided(askedAt);
    }
    load.sample();
    pass(5, 0.2);
    expect(shedOf(load, 'INVITE')).toBeGreaterThan(0);
    load.refused(request('INVITE', 'c'), false);
    expect(load.shed.router).toBe(1);
  });

  it.each([
    ['soon where another edge has room', [{ occupancy: 0.3 }], 'INVITE', 1, 3],
    ['soon where another edge has not said how busy it is', [{}], 'INVITE', 1, 3],
    ['later where all are busy', [{ occupancy: 0.9 }], 'INVITE', 4, 12],
    ['later where the other one drains', [{ occupancy: 0, state: 'draining' }], 'INVITE', 4, 12],
    ['later where it is alone', [], 'INVITE', 4, 12],
    ['much later with a registration', [], 'REGISTER', 10, 40],
  ] as const)('asks to come again %s', (_name, others, method, from, to) => {
    const { load } = open(others);
    const seconds = Array.from({ length: 500 }, (_, index) =>
      load.refused(request(method, `call-${index}`), false),
    );
    expect([Math.min(...seconds), Math.max(...seconds)]).toEqual([from, to]);
  });
});

it('draws lots evenly, and anew after a while', () => {
  const now = 1_800_000_000_000;
  const lots = Array.from({ length: 10_000 }, (_, index) => lotOf(`${index}-17@192.0.2.4`, now));
  expect(lots.filter((lot) => lot < 0.3).length / 10_000).toBeCloseTo(0.3, 1);
  expect(lotOf('a', now)).toBe(lotOf('a', now));
  const again = Array.from({ length: 100 }, (_, index) => lotOf('a', now + index * 8_192));
  expect(new Set(again).size).toBeGreaterThan(90);
});

it.each([
  ['INVITE', '', 'call'],
  ['MESSAGE', '', 'call'],
  ['SUBSCRIBE', '', 'call'],
  ['OPTIONS', '', 'probe'],
  ['REGISTER', '', 'registration'],
  ['REGISTER', ';tag=x', 'registration'],
  ['INVITE', ';tag=x', 'first'],
  ['BYE', ';tag=x', 'first'],
  ['OPTIONS', ';tag=x', 'first'],
  ['CANCEL', '', 'first'],
  ['ACK', '', 'first'],
])('ranks %s%s as %s', (method, toTag, rank) => {
  expect(rankOf(request(method, 'c', toTag))).toBe(rank);
});
