import type { event } from '@tandem/contract';
import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { type Call, connect, dial } from './call.ts';
import { it } from './fixture.ts';
import type { Phone } from './phone.ts';
import { statusOf } from './reply.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const [here, there] = [address(11), address(12)];
const shared = { sipShared: `${there}:5060` };

function isEnd({ kind }: event.Event): boolean {
  return kind?.$case === 'callEnded';
}

async function ended(tiers: Tiers): Promise<event.CallEnded> {
  const { kind } = await tiers.events.take('the end of the call', isEnd);
  if (kind?.$case !== 'callEnded') throw new Error('no end');
  return kind.value;
}

async function parties(tiers: Tiers): Promise<[alice: Phone, bob: Phone]> {
  const [alice, bob] = [await tiers.phone(here), await tiers.phone(here)];
  await bob.register();
  return [alice, bob];
}

/** A call that is up and on record. */
async function up(tiers: Tiers): Promise<{ alice: Phone; bob: Phone; call: Call }> {
  const [alice, bob] = await parties(tiers);
  const call = await connect(alice, bob);
  await tiers.recorded();
  return { alice, bob, call };
}

/** Lets the caller hang up at the second edge, through which the callee is told as well. */
async function hangUpThere(tiers: Tiers, { caller }: Call, bob: Phone): Promise<void> {
  const [moved, answering] = [await tiers.phone(there), await tiers.phone(there)];
  const bye = bob.wire.receive('BYE').then((request) => answering.reply(request, '200 OK'));
  const [answer] = await Promise.all([caller.at(moved).ask('BYE'), bye]);
  expect(statusOf(answer)).toBe(200);
}

/** Waits until the calls on record are looked after by this edge. */
async function lookedAfter(tiers: Tiers, node: string): Promise<void> {
  await until(
    () => `calls of ${node}`,
    async () => (await tiers.records()).every((record) => record.node === node),
  );
}

/** The store is back: it loses the record, and no end is told once more. */
async function forgotten(tiers: Tiers): Promise<void> {
  tiers.isStoreAway = false;
  await until(
    () => 'no record',
    async () => (await tiers.records()).length === 0,
  );
  expect(tiers.events.drain(isEnd)).toEqual([]);
}

describe('when the edge of a call dies', () => {
  it('one that rings is ended, once, and its media closed', async ({ tiers: open }) => {
    const tiers = await open();
    const first = await tiers.mortalEdge('edge-1', here);
    await tiers.edge('edge-2', there);
    await tiers.edge('edge-3', address(13));
    const [alice, bob] = await parties(tiers);
    const invite = await dial(alice, bob.uri);
    await bob.answer('INVITE', '180 Ringing');
    await alice.response(invite, 180);
    await tiers.recorded('ringing');
    expect(tiers.sessions).toBe(1);
    await first.kill();
    expect(await ended(tiers)).toMatchObject({
      releasedBy: 'system',
      fault: 'edge-lost',
      outcome: 'server_error',
      answeredMs: 0,
      route: [expect.stringContaining(bob.account.user)],
    });
    expect(await tiers.records()).toEqual([]);
    expect(tiers.events.drain(isEnd)).toEqual([]);
    expect(tiers.sessions).toBe(0);
  });

  it('one that was answered goes on at another, which moves its media and ends it once', async ({
    tiers: open,
  }) => {
    const tiers = await open();
    const first = await tiers.mortalEdge('edge-1', here, shared);
    await tiers.edge('edge-2', there, shared);
    const { bob, call } = await up(tiers);
    await first.kill();
    await lookedAfter(tiers, 'edge-2');
    await hangUpThere(tiers, call, bob);
    expect(await ended(tiers)).toMatchObject({
      releasedBy: 'caller',
      outcome: 'success',
      codec: 'PCMU/8000',
      answeredBy: expect.stringContaining(bob.account.user),
      calleeIdentity: `${bob.account.user}@acme`,
    });
    expect(tiers.events.drain(isEnd)).toEqual([]);
  });

  it('one that was being ended is told of by another, once', async ({ tiers: open }) => {
    const tiers = await open();
    const first = await tiers.mortalEdge('edge-1', here, shared);
    await tiers.edge('edge-2', there, shared);
    await tiers.edge('edge-3', address(13), shared);
    const { bob, call } = await up(tiers);
    const asked = tiers.bus.pauseMedia();
    await Promise.all([bob.answer('BYE'), call.caller.ask('BYE'), asked]);
    expect(await tiers.records()).toEqual([]);
    expect(tiers.events.drain(isEnd)).toEqual([]);
    tiers.bus.resumeMedia();
    await first.kill();
    expect(await ended(tiers)).toMatchObject({ releasedBy: 'caller', outcome: 'success', status: 200 });
    await until(
      () => 'no end that is to be told',
      async () => (await tiers.owners()).length === 0,
    );
    expect(tiers.events.drain(isEnd)).toEqual([]);
    expect(tiers.sessions).toBe(0);
  });

  it('one that nobody was told of is found all the same', async ({ tiers: open }) => {
    const tiers = await open();
    const first = await tiers.mortalEdge('edge-1', here, shared);
    await up(tiers);
    await first.kill();
    await tiers.edge('edge-2', there, shared);
    await lookedAfter(tiers, 'edge-2');
  });
});

describe('while the store of calls is away', () => {
  it('a call begins and ends, and is told of once', async ({ tiers: open }) => {
    const tiers = await open();
    const edge = await tiers.edge('edge-1', here);
    tiers.isStoreAway = true;
    const [alice, bob] = await parties(tiers);
    const call = await connect(alice, bob);
    expect(edge.status.calls).toBe(1);
    expect([...edge.calls].map(({ state }) => state)).toEqual(['answered']);
    await Promise.all([bob.answer('BYE'), call.caller.ask('BYE')]);
    expect(await ended(tiers)).toMatchObject({ releasedBy: 'caller', outcome: 'success' });
    tiers.isStoreAway = false;
    await until(
      () => 'nothing to write',
      () => edge.status.waiting === 0,
    );
    expect(await tiers.records()).toEqual([]);
    expect(tiers.events.drain(isEnd)).toEqual([]);
    expect(tiers.sessions).toBe(0);
  });

  it('a call that was on record is ended at once, and its record goes when the store is back', async ({
    tiers: open,
  }) => {
    const tiers = await open();
    await tiers.edge('edge-1', here);
    const { alice, call } = await up(tiers);
    tiers.isStoreAway = true;
    await Promise.all([alice.answer('BYE'), call.callee.ask('BYE')]);
    expect(await ended(tiers)).toMatchObject({ releasedBy: 'callee' });
    await forgotten(tiers);
  });

  it('a call is ended at an edge that knows nothing of it, by the one that does', async ({ tiers: open }) => {
    const tiers = await open();
    const owner = await tiers.edge('edge-1', here, shared);
    await tiers.edge('edge-2', there, shared);
    const { bob, call } = await up(tiers);
    tiers.isStoreAway = true;
    await hangUpThere(tiers, call, bob);
    expect(await ended(tiers)).toMatchObject({ releasedBy: 'caller', outcome: 'success' });
    expect(owner.status.calls).toBe(0);
    await forgotten(tiers);
  });

  it('a call whose edge is dead as well is told of when the store is back', async ({ tiers: open }) => {
    const tiers = await open();
    const first = await tiers.mortalEdge('edge-1', here, shared);
    const other = await tiers.edge('edge-2', there, shared);
    const { bob, call } = await up(tiers);
    tiers.isStoreAway = true;
    await first.kill();
    await hangUpThere(tiers, call, bob);
    await until(
      () => 'an end that waits',
      () => other.status.waiting > 0,
    );
    tiers.isStoreAway = false;
    expect(await ended(tiers)).toMatchObject({ releasedBy: 'caller', outcome: 'success' });
    expect(tiers.events.drain(isEnd)).toEqual([]);
    expect(await tiers.records()).toEqual([]);
  });
});

describe('an edge that drains', () => {
  it('refuses what is new, serves what is, and gives its calls away', async ({ tiers: open }) => {
    const tiers = await open();
    const first = await tiers.edge('edge-1', here, shared);
    await tiers.edge('edge-2', there, shared);
    const { alice, bob, call } = await up(tiers);
    const drained = first.drain();
    const refused = await alice.ask(alice.offer(bob.uri));
    expect([statusOf(refused), refused.header('Retry-After')]).toEqual([503, '5']);
    expect(statusOf(await bob.register())).toBe(503);
    const [, answer] = await Promise.all([bob.answer('INFO'), call.caller.ask('INFO')]);
    expect(statusOf(answer)).toBe(200);
    await drained;
    expect(first.status.calls).toBe(0);
    await lookedAfter(tiers, 'edge-2');
    await first.stop();
    expect(tiers.events.drain(isEnd)).toEqual([]);
    await hangUpThere(tiers, call, bob);
    expect(await ended(tiers)).toMatchObject({ releasedBy: 'caller', outcome: 'success' });
  });

  it('keeps its calls while the store is away, and the other edge lives on', async ({ tiers: open }) => {
    const tiers = await open();
    const first = await tiers.edge('edge-1', here, shared);
    await tiers.edge('edge-2', there, shared);
    const { bob, call } = await up(tiers);
    tiers.isStoreAway = true;
    const drained = first.drain();
    await until(
      () => 'the other edge to say that it could not take the call',
      () => tiers.lines.some(({ msg }) => msg === 'what another edge asked could not be done'),
    );
    expect(first.status.calls).toBe(1);
    tiers.isStoreAway = false;
    await drained;
    await lookedAfter(tiers, 'edge-2');
    await hangUpThere(tiers, call, bob);
    expect(await ended(tiers)).toMatchObject({ releasedBy: 'caller', outcome: 'success' });
  });

  it('that is stopped at once gives its calls away as well', async ({ tiers: open }) => {
    const tiers = await open();
    const first = await tiers.edge('edge-1', here, shared);
    await tiers.edge('edge-2', there, shared);
    const { bob, call } = await up(tiers);
    await first.stop();
    await lookedAfter(tiers, 'edge-2');
    expect(tiers.events.drain(isEnd)).toEqual([]);
    await hangUpThere(tiers, call, bob);
    expect(await ended(tiers)).toMatchObject({ releasedBy: 'caller', outcome: 'success' });
  });
});
