import { join } from 'node:path';
import {
  type Announcement,
  BusMembership,
  type Condition,
  createLog,
  type Etcd,
  list,
  MemoryBus,
  NatsBus,
} from '@tandem/platform';
import { type MembershipRegion, membershipCompliance } from '@tandem/platform/compliance';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../harness/deadline.ts';
import { EtcdServer } from '../harness/etcd-server.ts';
import { NatsServer } from '../harness/nats-server.ts';
import { needs } from '../harness/needs.ts';
import { Process } from '../harness/process.ts';
import { Line } from './line.ts';
import { Opened } from './opened.ts';

const describe = needs('etcd', 'nats-server', 'namespace');
const log = createLog({ level: 'silent', node: 'test', destination: 2 });
const serving: Condition = { state: 'serving', load: 0, configuration: '' };
const member = join(import.meta.dirname, 'member-main.ts');
/** A machine that does other things as well. */
const GENEROUS = 3_000;

describe('membership on a bus', () => {
  let server: EtcdServer;
  let nats: NatsServer;
  let regions = 0;

  beforeAll(async () => {
    [server, nats] = await Promise.all([EtcdServer.start(), NatsServer.start()]);
  });
  afterAll(() => Promise.all([server.close(), nats.close()]));
  const opened = new Opened(log);

  function connect(url: string = server.url): Etcd {
    return opened.etcd(url);
  }

  async function openBus(url: string = nats.url): Promise<NatsBus> {
    const bus = await NatsBus.open({ url, log, name: 'test' });
    opened.keep(bus);
    return bus;
  }

  function open(options: { bus: Line | MemoryBus | NatsBus; etcd?: Etcd | undefined; region: string }) {
    const membership = new BusMembership({ ...options, log });
    opened.keep(membership);
    const changes: string[] = [];
    membership.onChange(({ change, member: { id } }) => changes.push(`${change} ${id}`));
    const sees = (...ids: string[]): Promise<void> => {
      const now = (): string =>
        membership
          .members('edge')
          .map(({ id }) => id)
          .join();
      return until(
        () => `${ids.join()} in place of ${now()}`,
        () => now() === ids.join(),
      );
    };
    return { membership, changes, sees };
  }

  /** Nodes with a line each to one bus. */
  function region(etcd?: Etcd): MembershipRegion & { readonly name: string } {
    const bus = new MemoryBus({ log, now: Date.now });
    const name = `region-${++regions}`;
    const openNode = async () => {
      const line = new Line(bus);
      const { membership } = open({ bus: line, etcd, region: name });
      return { membership, die: async () => line.cut() };
    };
    return { name, open: openNode, close: () => bus.close() };
  }

  /** Nodes with a connection each to NATS. */
  function natsRegion(etcd?: Etcd): MembershipRegion {
    const name = `region-${++regions}`;
    const openNode = async () => {
      const bus = await openBus();
      const { membership } = open({ bus, etcd, region: name });
      return { membership, die: () => bus.close() };
    };
    return { open: openNode, close: async () => undefined };
  }

  function edge(id: string, startedMs = 1): Announcement {
    return { tier: 'edge', id, startedMs, weight: 1, release: '0', addresses: {} };
  }

  /** A node in a process of its own. */
  async function start(id: string, regionName: string): Promise<Process> {
    const process_ = new Process(id, [process.execPath, member, id, regionName, nats.url, server.url]);
    opened.keep({ close: () => process_.stop('SIGKILL') });
    await process_.line(/^joined$/, 20_000);
    return process_;
  }

  membershipCompliance('beats alone', async () => region());
  membershipCompliance('beats and etcd', async () => region(connect()));
  membershipCompliance('beats over NATS, and etcd', async () => natsRegion(connect()));

  it('writes the nodes into etcd, again when that has forgotten, and not after they left', async () => {
    const etcd = connect();
    const { name, ...nodes } = region(etcd);
    const { membership } = await nodes.open();
    const presence = await membership.join(edge('one'), serving);
    const prefix = `/tandem/${name}/node/`;
    const isThere = async () => (await list(etcd, prefix)).entries.has(`${prefix}edge/one`);
    await until(() => 'a node in etcd', isThere);
    await server.kill();
    await server.empty();
    await server.restart();
    await etcd.connection(5_000);
    await until(() => 'the node in etcd again', isThere, 10_000);
    await presence.leave();
    expect(await isThere()).toBe(false);
  });

  it('does not count a node that only etcd knows and that does not answer', async () => {
    const name = `region-${++regions}`;
    await server.write(`/tandem/${name}/node/edge/ghost`, '{}');
    const etcd = connect();
    const one = open({ bus: await openBus(), etcd, region: name });
    await one.membership.join(edge('one'), serving);
    const two = open({ bus: await openBus(), etcd, region: name });
    await two.sees('one');
    expect([one.changes, two.changes]).toEqual([['joined one'], ['joined one']]);
  });

  it.for(['SIGKILL', 'SIGSTOP'] as const)('knows in time of a process that got %s', async (signal) => {
    const name = `region-${++regions}`;
    const { changes, membership, sees } = open({ bus: await openBus(), etcd: connect(), region: name });
    const child = await start('one', name);
    await sees('one');
    const killed = performance.now();
    child.signal(signal);
    await until(
      () => 'a death',
      () => changes.at(-1) === 'died one',
    );
    const tookMs = Math.round(performance.now() - killed);
    process.stdout.write(`${signal} was noticed after ${tookMs} ms\n`);
    expect(tookMs).toBeLessThan(GENEROUS);
    if (signal === 'SIGKILL') return;
    const resumedMs = Date.now();
    child.signal('SIGCONT');
    await sees('one');
    // Whoever hears of it now for the first time is told as well.
    await until(
      () => 'that it is back',
      () => (membership.members('edge')[0]?.backSinceMs ?? 0) >= resumedMs,
    );
  });

  it('judges nobody while the bus is stuck or restarts', async () => {
    const name = `region-${++regions}`;
    const etcd = connect();
    const nodes = await Promise.all(
      ['one', 'two'].map(async () => open({ bus: await openBus(), etcd, region: name })),
    );
    for (const [index, { membership }] of nodes.entries())
      await membership.join(edge(String(index)), serving);
    for (const { sees } of nodes) await sees('0', '1');
    await nats.pause();
    const paused = performance.now();
    // For longer than anybody may be silent.
    await until(
      () => 'time',
      () => performance.now() - paused > 2_000,
    );
    nats.resume();
    const late = open({ bus: await openBus(), etcd, region: name });
    await late.sees('0', '1');
    await nats.restart();
    const later = open({ bus: await openBus(), etcd, region: name });
    await later.sees('0', '1');
    for (const { changes } of nodes) expect(changes.toSorted()).toEqual(['joined 0', 'joined 1']);
  });

  it('judges nobody while it cannot reach the bus itself, and is judged', async () => {
    const name = `region-${++regions}`;
    const way = await opened.gate(nats.url);
    const far = open({ bus: await openBus(`nats://127.0.0.1:${way.port}`), region: name });
    const near = open({ bus: await openBus(), region: name });
    await far.membership.join(edge('far'), serving);
    await near.sees('far');
    await near.membership.join(edge('near'), serving);
    await far.sees('far', 'near');
    await near.sees('far', 'near');
    await way.bar();
    await near.sees('near');
    expect(far.changes).toEqual(['joined far', 'joined near']);
    await way.reopen();
    await near.sees('far', 'near');
    expect(near.changes).toEqual(['joined far', 'joined near', 'died far', 'joined far']);
    expect(far.changes).toEqual(['joined far', 'joined near']);
  });

  it('begins without etcd, without NATS, but not without both', async () => {
    const name = `region-${++regions}`;
    const [toEtcd, toNats] = [await opened.gate(server.url), await opened.gate(nats.url)];
    await Promise.all([toEtcd.bar(), toNats.bar()]);
    const away = () => connect(`http://127.0.0.1:${toEtcd.port}`);
    const awayBus = () => openBus(`nats://127.0.0.1:${toNats.port}`);
    const one = open({ bus: await openBus(), etcd: away(), region: name });
    await one.membership.join(edge('one'), serving);
    const two = open({ bus: await awayBus(), etcd: connect(), region: name });
    await two.membership.join(edge('two'), serving);
    const three = open({ bus: await awayBus(), etcd: away(), region: name });
    const failing = three.membership.join(edge('three'), serving);
    await expect(failing).rejects.toThrow('membership-unreachable: edge three: nothing within 5000 ms');
    await toNats.reopen();
    await Promise.all([one.sees('one', 'two'), two.sees('one', 'two')]);
  });

  it('tells both of two processes with one id, when the first could not answer', async () => {
    const name = `region-${++regions}`;
    const first = await start('one', name);
    first.signal('SIGSTOP');
    const second = await start('one', name);
    first.signal('SIGCONT');
    for (const each of [first, second]) {
      expect(await each.line(/another process has our node id/)).toContain('"member":"one"');
    }
  });

  it('keeps regions apart', async () => {
    const [here, there] = [`region-${++regions}`, `region-${++regions}`];
    const etcd = connect();
    const one = open({ bus: await openBus(), etcd, region: here });
    const two = open({ bus: await openBus(), etcd, region: there });
    await one.membership.join(edge('one'), serving);
    await two.membership.join(edge('one'), serving);
    expect([one.changes, two.changes]).toEqual([['joined one'], ['joined one']]);
  });
});
