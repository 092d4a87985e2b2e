import { createLog, MemoryBus, MemoryMembers, MemoryMembership } from '@tandem/platform';
import { parseIpAddress } from '@tandem/sip';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askBans, BanExchange, orderBan } from './ban-exchange.ts';
import { Bans } from './bans.ts';

const log = createLog({ level: 'silent', node: 'n', destination: { write: () => undefined } });
const region = 'test';
const guesser = parseIpAddress('192.0.2.4')!;

let now = 1_800_000_000_000;
let bus: MemoryBus;
let members: MemoryMembers;
const stops: (() => unknown)[] = [];

beforeEach(() => {
  bus = new MemoryBus({ log, now: () => now });
  members = new MemoryMembers();
});

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Sample {
  readonly bans: Bans;
  readonly exchange: BanExchange;
  readonly stop: () => Promise<void>;
}

async function edge(node: string, proven: readonly string[] = []): Promise<Sample> {
  const membership = new MemoryMembership(log, members);
  const isVouchedFor = (address: number | bigint): boolean => proven.map(parseIpAddress).includes(address);
  const tell = (told: Parameters<BanExchange['tell']>[0]): void => exchange.tell(told);
  const bans = new Bans({ node, seconds: 3_600, log, now: () => now, tell, isVouchedFor });
  const exchange = new BanExchange({ bus, region, node, membership, log }, bans);
  exchange.start();
  const place = { tier: 'edge', id: node, startedMs: now, weight: 1, release: '', addresses: {} } as const;
  await membership.join(place, { state: 'serving', load: 0, configuration: '' });
  const stop = async (): Promise<void> => {
    exchange.stop();
    await membership.close();
  };
  stops.push(stop);
  return { bans, exchange, stop };
}

/** Lets everything be delivered that was published, and answered that was asked. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function sourcesOf({ bans }: Sample): string[] {
  return Array.from(bans.all(), ({ source }) => source);
}

describe('edges', () => {
  it('tell each other of a ban with its policy and count', async () => {
    const [one, other] = [await edge('edge-1'), await edge('edge-2')];
    one.bans.ban(guesser, 'credentials', 12, 'wrong-password');
    await settled();
    expect(other.bans.has(guesser)).toBe(true);
    const [ban] = other.bans.all();
    expect(ban).toMatchObject({ source: '192.0.2.4', policy: 'credentials', count: 12, node: 'edge-1' });
    expect([one.bans.decided.credentials, other.bans.decided.credentials]).toEqual([1, 0]);
  });

  it('that come later learn all bans, however many there are, and whoever made them is gone', async () => {
    const [one, other] = [await edge('edge-1'), await edge('edge-2')];
    for (let host = 0; host < 2_500; host++)
      one.bans.ban(0x0a000000 + host, 'scanner', 1, 'friendly-scanner');
    await settled();
    await one.stop();
    const late = await edge('edge-3');
    await settled();
    expect(late.bans.size).toBe(2_500);
    expect(sourcesOf(late).sort()).toEqual(sourcesOf(other).sort());
  });

  it('ban the /64 of an IPv6 address', async () => {
    const [one, other] = [await edge('edge-1'), await edge('edge-2')];
    one.bans.ban(parseIpAddress('2001:db8:1:2:3:4:5:6')!, 'scanner', 1, '');
    await settled();
    expect(sourcesOf(other)).toEqual(['2001:db8:1:2::/64']);
    expect(other.bans.has(parseIpAddress('2001:db8:1:2::9')!)).toBe(true);
  });

  it('do not ban on the word of another where users have just proven themselves, unless an operator says so', async () => {
    const [one, vouching] = [await edge('edge-1'), await edge('edge-2', ['192.0.2.4'])];
    one.bans.ban(guesser, 'scanner', 1, '');
    await settled();
    expect([one.bans.has(guesser), vouching.bans.has(guesser)]).toEqual([true, false]);
    now += 1;
    await orderBan(bus, region, { ban: '192.0.2.4', seconds: 60 });
    await settled();
    expect(vouching.bans.has(guesser)).toBe(true);
  });
});

describe('an operator', () => {
  it('bans and lifts at all edges through any of them', async () => {
    const all = [await edge('edge-1'), await edge('edge-2'), await edge('edge-3')];
    expect(await orderBan(bus, region, { ban: '192.0.2.7/24', seconds: 60 })).toMatchObject({
      ban: { source: '192.0.2.0/24', policy: 'operator', untilMs: now + 60_000 },
    });
    await settled();
    expect(all.map(({ bans }) => bans.has(guesser))).toEqual([true, true, true]);
    expect((await askBans(bus, region, '')).bans).toHaveLength(1);
    now += 1;
    await orderBan(bus, region, { lift: '192.0.2.0/24' });
    await settled();
    expect(all.map(({ bans }) => bans.has(guesser))).toEqual([false, false, false]);
  });

  it.each([
    [{ ban: '192.0.2.300', seconds: 60 }, '"192.0.2.300" is no address'],
    [{ ban: '192.0.2.4', seconds: 0 }, '0 s is not'],
    [{ ban: '192.0.2.4', seconds: Number.NaN }, 'is not from 1 s'],
    [{ lift: '192.0.2.4' }, '192.0.2.4 is not banned'],
  ])('is told what is wrong with %j', async (order, refused) => {
    await edge('edge-1');
    expect(await orderBan(bus, region, order)).toEqual({ refused: expect.stringContaining(refused) });
  });

  it('lifts what an edge that was away does not bring back', async () => {
    const one = await edge('edge-1');
    one.bans.ban(guesser, 'scanner', 1, '');
    const [old] = one.bans.all();
    now += 1;
    await orderBan(bus, region, { lift: '192.0.2.4' });
    const stale = await edge('edge-0');
    stale.bans.learn([old!]);
    await settled();
    stale.exchange.tell([old!]);
    await settled();
    expect([one.bans.has(guesser), stale.bans.has(guesser)]).toEqual([false, false]);
  });
});
