import { setImmediate as turn } from 'node:timers/promises';
import { createLog, type Member, MemoryLeases, type MemoryOwners, MemoryTrunkStore } from '@tandem/platform';
import { lineToken, type Snapshot } from '@tandem/resource';
import { hmacKey } from '@tandem/sip';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Condition } from './conditions.ts';
import { carrier, challenge, ok, ScriptedEdge, snapshotOf } from './fixture.ts';
import { readState } from './state.ts';
import { Trunks } from './trunks.ts';

const md5 = 'realm="carrier.example", nonce="n1", algorithm=MD5, qop="auth"';
const name = 'acme/carrier';

function sizesOf(nodes: readonly Trunks[]): number[] {
  return nodes.map(({ size }) => size).sort((one, other) => one - other);
}

describe('trunk nodes', () => {
  let now: number;
  let owners: MemoryOwners;
  let store: MemoryTrunkStore;
  let edge: ScriptedEdge;
  let members: Member[];
  let snapshot: Snapshot;
  let told: Condition[];
  let health: string[][];

  beforeEach(async () => {
    [now, owners, store, members] = [1_000_000, new Map(), new MemoryTrunkStore(), []];
    [told, health] = [[], []];
    edge = new ScriptedEdge(ok);
    snapshot = await snapshotOf({ carrier });
  });

  function join(node: string): Trunks {
    const common = { tier: 'trunk', startedMs: 0, weight: 1, release: '', addresses: {} } as const;
    members = [...members, { ...common, id: node, state: 'serving', load: 0, configuration: '' }];
    return new Trunks({
      ...{ node, store, edges: edge, lineKey: hmacKey('key'), random: () => 1, now: () => now },
      log: createLog({ level: 'error', node, destination: 2 }),
      snapshot: () => snapshot,
      leases: new MemoryLeases(owners),
      membership: { members: () => members },
      changed: (_, condition) => void told.push(condition),
      health: ({ contacts }) => void health.push(contacts.map(({ state }) => state)),
    });
  }

  async function pass(seconds: number, ...nodes: readonly Trunks[]): Promise<void> {
    for (const end = now + seconds * 1_000; now < end; now += 500) {
      for (const node of nodes) node.tick();
      for (let index = 0; index < 10; index++) await turn();
    }
  }

  async function kept() {
    return readState((await store.read(name))!)!;
  }

  it('have one owner of a trunk, one Call-ID and rising numbers, whoever goes on (PJ-07)', async () => {
    edge = new ScriptedEdge(challenge(401, md5), ok);
    const nodes = [join('a'), join('b'), join('c')];
    await pass(700, ...nodes);
    expect(sizesOf(nodes)).toEqual([0, 0, 1]);
    const { owner } = await kept();
    const alive = nodes.filter(({ size }) => size === 0);
    // Killed: it says nothing any more, and its lease runs out.
    members = members.filter(({ id }) => id !== owner);
    owners.clear();
    // Of the ten seconds that a takeover may take, a lease has five, and etcd two to notice that it has ended.
    await pass(1, ...alive);
    expect(sizesOf(alive)).toEqual([0, 1]);
    expect((await kept()).owner).not.toBe(owner);
    await pass(700, ...alive);
    const registers = edge.asks.filter(({ method }) => method === 'REGISTER');
    expect(new Set(registers.map(({ callId }) => callId)).size).toBe(1);
    expect(registers.map(({ cseq }) => cseq)).toEqual(registers.map((_, index) => index + 1));
    // 1400 s, refreshed every 300; the first one and its challenge.
    expect(registers).toHaveLength(6);
  });

  it('give a trunk to the node that rendezvous hashing wants, when that comes', async () => {
    snapshot = await snapshotOf(
      Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`t${index}`, carrier])),
    );
    const first = join('a');
    await pass(5, first);
    expect(first.size).toBe(20);
    const second = join('b');
    await pass(5, first, second);
    expect(first.size + second.size).toBe(20);
    expect(second.size).toBeGreaterThan(3);
    await first.drain();
    members = members.map((member) => (member.id === 'a' ? { ...member, state: 'draining' } : member));
    await pass(5, first, second);
    expect([first.size, second.size]).toEqual([0, 20]);
  });

  it('register anew by another edge when the one of a registration serves no more', async () => {
    const node = join('a');
    await pass(5, node);
    expect(edge.asks).toHaveLength(1);
    edge.serving = false;
    await pass(1, node);
    expect(edge.asks.length).toBeGreaterThan(1);
  });

  it('register anew when the address that they are seen from changes (TR-23)', async () => {
    snapshot = await snapshotOf({ carrier: { ...carrier, probe: { interval: 10 } } });
    let seen = '192.0.2.1:5060';
    edge = new ScriptedEdge((ask) => ({ ...(ok as (of: typeof ask) => object)(ask), seen }));
    const node = join('a');
    await pass(30, node);
    const registers = () => edge.asks.filter(({ method }) => method === 'REGISTER').length;
    expect(registers()).toBe(1);
    seen = '192.0.2.1:1025';
    await pass(30, node);
    expect(registers()).toBe(2);
  });

  it('register what is configured while they run within two seconds (FU-44)', async () => {
    snapshot = await snapshotOf({});
    const nodes = [join('a'), join('b')];
    await pass(5, ...nodes);
    snapshot = await snapshotOf({ carrier });
    await pass(2, ...nodes);
    const { login, conditions } = await kept();
    expect(login).toMatchObject({ status: 'registered' });
    expect(conditions.find(({ type }) => type === 'Registered')).toMatchObject({ status: 'true' });
  });

  it('take back what is configured no more', async () => {
    const node = join('a');
    await pass(5, node);
    snapshot = await snapshotOf({});
    await pass(2, node);
    expect(edge.sent('Expires')).toEqual(['600', '0']);
    expect([node.size, await store.read(name)]).toEqual([0, undefined]);
  });

  it('take back what was registered with other credentials, and register anew', async () => {
    const node = join('a');
    await pass(5, node);
    snapshot = await snapshotOf({ carrier: { ...carrier, auth: { ...carrier.auth, username: 'new' } } });
    await pass(2, node);
    expect(edge.asks.map(({ to, contact }) => [to, contact?.parameters])).toEqual([
      ['<sip:acct@sip.carrier.example>', ';expires=600'],
      ['<sip:acct@sip.carrier.example>', ';expires=0'],
      ['<sip:new@sip.carrier.example>', ';expires=600'],
    ]);
  });

  /** What was told of calls that arrive. */
  function inbound(): readonly unknown[][] {
    const about = told.filter(({ type }) => type === 'InboundVerified');
    return about.map(({ layer, reason, status }) => [status, reason, ...(layer ? [layer] : [])]);
  }

  /** Whom the registrar is asked to pass something on to, says this. */
  function passingOn(status: number, reason: string): ScriptedEdge {
    const toUs = '<sip:acct@sip.carrier.example>';
    return new ScriptedEdge((ask) =>
      ask.method === 'OPTIONS' && ask.to === toUs
        ? { status, reason }
        : (ok as (of: typeof ask) => object)(ask),
    );
  }

  it('say within two minutes that a registrar cannot reach us, and that it does when it does (W-19)', async () => {
    edge = passingOn(408, 'Request Timeout');
    const node = join('a');
    await pass(59, node);
    expect(inbound()).toEqual([['unknown', 'nothing-yet']]);
    await pass(60, node);
    expect(inbound().at(-1)).toEqual(['false', 'registered-but-no-inbound', 'nat']);
    const { detail } = told.findLast(({ type }) => type === 'InboundVerified')!;
    expect(detail).toContain('contact sip:acct@192.0.2.1;line=');
    expect(detail).toContain('seen from 192.0.2.1:5060');
    expect(detail).toContain('OPTIONS to ourselves by the registrar: 408 Request Timeout');
    const own = edge.asks.find(({ method }) => method === 'OPTIONS');
    expect(own).toMatchObject({
      uri: 'sip:acct@sip.carrier.example',
      route: ['<sip:sip.carrier.example;lr>'],
    });
    node.sighted({ trunk: name, line: '', at: now, method: 'INVITE', source: '203.0.113.1' });
    expect(inbound().at(-1)).toEqual(['true', 'seen']);
  });

  it.each([
    [200, 'OK'],
    [404, 'Not Found'],
    [408, ''],
  ])('do not take a trunk for broken that is quiet: %i %s', async (status, reason) => {
    edge = passingOn(status, reason);
    const node = join('a');
    await pass(119, node);
    expect(inbound()).toEqual([['unknown', 'nothing-yet']]);
    await pass(600, node);
    expect(inbound().slice(1)).toEqual([['unknown', 'registered-but-no-inbound', 'nat']]);
    expect(edge.asks.filter(({ method }) => method === 'OPTIONS')).toHaveLength(1);
  });

  it('count what came over an earlier registration no more', async () => {
    let seen = '192.0.2.1:5060';
    edge = new ScriptedEdge((ask) => ({ ...(ok as (of: typeof ask) => object)(ask), seen }));
    const node = join('a');
    await pass(5, node);
    node.sighted({ trunk: name, line: '', at: now, method: 'INVITE', source: '203.0.113.1' });
    expect(inbound().at(-1)).toEqual(['true', 'seen']);
    seen = '192.0.2.1:1025';
    await pass(300, node);
    expect(inbound().at(-1)).toEqual(['unknown', 'nothing-yet']);
  });

  it('know the trunk whose address an OPTIONS came from, by its smallest network', async () => {
    const at = (source: string) => ({ contacts: ['sip:c.example'], identify: { sources: [source] } });
    snapshot = await snapshotOf({ wide: at('203.0.113.0/24'), carrier: at('203.0.113.1') });
    const node = join('a');
    await pass(5, node);
    node.sighted({ trunk: '/', line: '', at: now, method: 'OPTIONS', source: '203.0.113.1' });
    const verified = node.states.filter(({ inbound: sighting }) => sighting).map(({ trunk }) => trunk);
    expect(verified).toEqual(['carrier']);
  });

  it('know the trunk whose Contact an OPTIONS was for', async () => {
    const node = join('a');
    await pass(5, node);
    const line = lineToken(hmacKey('key'), 'acme', 'carrier');
    const sighting = { trunk: '/', at: now, method: 'OPTIONS', source: '203.0.113.1' };
    node.sighted({ ...sighting, line: 'x'.repeat(22) });
    expect(told.filter(({ reason }) => reason === 'seen')).toEqual([]);
    node.sighted({ ...sighting, line });
    expect(told.at(-1)).toMatchObject({ type: 'InboundVerified', status: 'true', reason: 'seen' });
  });

  it('take a contact out of service within two intervals, and bring it back (TR-26)', async () => {
    snapshot = await snapshotOf({ carrier: { contacts: ['sip:a.example'], probe: { interval: 10 } } });
    let said: object = { status: 200, reason: 'OK' };
    edge = new ScriptedEdge(() => said);
    const node = join('a');
    await pass(25, node);
    const contacts = async () => (await kept()).contacts.map(({ state }) => state);
    expect(await contacts()).toEqual(['up']);
    said = { status: 408, reason: '' };
    await pass(11, node);
    expect(await contacts()).toEqual(['down']);
    expect(told.at(-1)).toMatchObject({ type: 'Contacts', status: 'false', reason: 'contact-silent' });
    expect(health.at(-1)).toEqual(['down']);
    said = { status: 404, reason: 'Not Found' };
    await pass(11, node);
    expect(await contacts()).toEqual(['up']);
  });
});
