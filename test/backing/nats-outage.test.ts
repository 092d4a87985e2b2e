import { randomUUID } from 'node:crypto';
import { createLog, type Log, NatsBus, type NatsBusOptions } from '@tandem/platform';
import { BusInbox } from '@tandem/platform/compliance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../harness/deadline.ts';
import { NatsCluster, NatsServer, type NatsServerOptions } from '../harness/nats-server.ts';
import { needs } from '../harness/needs.ts';

const octets = (text: string): Uint8Array => Buffer.from(text);
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));

needs('nats-server')('a bus over NATS', () => {
  const opened: { close(): Promise<void> }[] = [];
  let server: NatsServer;
  let root: string;
  let log: Log;
  let lines: string[];

  beforeEach(() => {
    root = `tandem.${randomUUID()}`;
    lines = [];
    log = createLog({ level: 'info', node: 'test', destination: { write: (line) => lines.push(line) } });
  });
  afterEach(async () => {
    for (const part of opened.splice(0).reverse()) await part.close();
  });

  async function serve(options?: NatsServerOptions): Promise<void> {
    server = await NatsServer.start(options);
    opened.push(server);
  }

  async function open(options: Partial<NatsBusOptions> = {}): Promise<NatsBus> {
    const bus = await NatsBus.open({ url: server.url, log, name: 'test', ...options });
    opened.push(bus);
    return bus;
  }

  const tell = (bus: NatsBus, texts: readonly string[]): void => {
    for (const text of texts) bus.publish(`${root}.call.t.ended`, octets(text), { key: `${root}/${text}` });
  };
  const ask = (bus: NatsBus, timeoutMs = 60_000): Promise<string> =>
    bus.request(`${root}.echo`, octets('x'), { timeoutMs }).then((answer) => Buffer.from(answer).toString());
  const becomes = (bus: NatsBus, connected: boolean): Promise<void> =>
    until(
      () => `connected: ${connected}`,
      () => bus.connected === connected,
    );
  const acknowledged = (bus: NatsBus, ms?: number): Promise<void> =>
    until(
      () => `an empty queue, with the log:\n${lines.join('')}`,
      () => bus.queueLength === 0,
      ms,
    );
  /** Resolves when the servers know its subscribers, and it knows from which event on they listen. */
  const settled = async (bus: NatsBus): Promise<void> => {
    await acknowledged(bus);
    await bus.request('$JS.API.STREAM.INFO.CALLS', octets(''), { timeoutMs: 5_000 });
  };
  const logged = (text: string): Promise<void> =>
    until(
      () => `${text} in the log:\n${lines.join('')}`,
      () => lines.some((line) => line.includes(text)),
    );

  describe('whose server is stopped', () => {
    let bus: NatsBus;
    let inbox: BusInbox;

    beforeEach(async () => {
      await serve();
      bus = await open();
      inbox = new BusInbox(bus, `${root}.call.>`);
      bus.subscribe(`${root}.echo`, ({ payload, respond }) => respond(payload));
      tell(bus, ['before']);
      await acknowledged(bus);
      await inbox.take(1);
      await server.stop();
      await becomes(bus, false);
    });

    it('tells in order and once what was told meanwhile, and answers again', async () => {
      tell(bus, numbers(0, 2_000));
      expect(bus.queueLength).toBe(2_000);
      await server.restart();
      expect(await inbox.take(2_001)).toEqual(['before', ...numbers(0, 2_000)]);
      expect(await ask(bus)).toBe('x');
      expect(bus.counters).toMatchObject({ queued: 2_001, duplicate: 0, dropped: 0 });
      await acknowledged(bus);
    });

    it('refuses requests at once, and discards and counts what is no event', async () => {
      await expect(ask(bus)).rejects.toMatchObject({ kind: { code: 'bus-away', status: 503 } });
      bus.publish(`${root}.beat`, octets('x'));
      expect(bus.counters.discarded).toBe(1);
    });

    it('takes subscriptions for when it comes back', async () => {
      const [late, gone] = [new BusInbox(bus, `${root}.late`), new BusInbox(bus, `${root}.late`)];
      gone.subscription.unsubscribe();
      await server.restart();
      await becomes(bus, true);
      bus.publish(`${root}.late`, octets('x'));
      expect(await late.take(1)).toEqual(['x']);
      expect(gone.texts).toEqual([]);
    });

    it('does without what the server has lost', async () => {
      tell(bus, ['meanwhile']);
      await server.empty();
      await server.restart();
      expect(await inbox.take(2)).toEqual(['before', 'meanwhile']);
      tell(bus, ['after']);
      expect(await inbox.take(3)).toEqual(['before', 'meanwhile', 'after']);
    });

    it('says so once, and when it is back', async () => {
      await logged('ECONNREFUSED');
      await server.restart();
      await logged('connected to the bus');
      const told = lines.map((line) => JSON.parse(line).msg);
      expect(told.filter((line) => line === 'the bus is away')).toHaveLength(1);
    });

    it('can be closed', async () => {
      tell(bus, ['lost']);
      await bus.close();
      await logged('events are lost');
      expect(bus.counters.dropped).toBe(1);
    });
  });

  it('tells listeners of each change, also after one that throws', async () => {
    await serve();
    const bus = await open();
    const seen: boolean[] = [];
    bus.onConnection(() => {
      throw new Error('on purpose');
    });
    bus.onConnection((connected) => seen.push(connected));
    const forget = bus.onConnection(() => seen.push(true));
    forget();
    await server.kill();
    await becomes(bus, false);
    await server.restart();
    await becomes(bus, true);
    expect(seen).toEqual([false, true]);
  });

  it('drops the oldest events when too many wait, and counts them', async () => {
    await serve();
    const bus = await open({ queue: { maxMessages: 10, maxOctets: 1_000 } });
    const inbox = new BusInbox(bus, `${root}.call.>`);
    await server.stop();
    await becomes(bus, false);
    tell(bus, numbers(0, 15));
    expect(bus.counters.dropped).toBe(5);
    await logged('events are lost');
    await server.restart();
    expect(await inbox.take(10)).toEqual(numbers(5, 15));
  });

  it('starts without a server, and finds it later', async () => {
    await serve();
    await server.stop();
    const bus = await open();
    expect(bus.connected).toBe(false);
    const inbox = new BusInbox(bus, `${root}.>`);
    tell(bus, ['x']);
    await server.restart();
    expect(await inbox.take(1)).toEqual(['x']);
  });

  describe('whose server is stuck', () => {
    it('notices, refuses, and tells once what was told meanwhile', async () => {
      await serve();
      const bus = await open();
      const inbox = new BusInbox(bus, `${root}.call.>`);
      tell(bus, ['before']);
      await acknowledged(bus);
      await server.pause();
      tell(bus, numbers(0, 100));
      const asked = expect(ask(bus)).rejects.toThrow('bus-away');
      await becomes(bus, false);
      await asked;
      tell(bus, numbers(100, 200));
      await expect(ask(bus)).rejects.toThrow('bus-away');
      server.resume();
      expect(await inbox.take(201)).toEqual(['before', ...numbers(0, 200)]);
      expect(bus.counters).toMatchObject({ duplicate: 0, repeated: 100 });
    });

    it('keeps no more than a few megabytes for it', async () => {
      await serve();
      const bus = await open();
      await server.pause();
      for (let index = 0; index < 100; index++) bus.publish(`${root}.a`, new Uint8Array(500_000));
      expect(bus.counters.dropped).toBeGreaterThan(80);
      await becomes(bus, false);
      server.resume();
      await becomes(bus, true);
      const inbox = new BusInbox(bus, `${root}.a`);
      bus.publish(`${root}.a`, octets('x'));
      expect(await inbox.take(1)).toEqual(['x']);
    });
  });

  it('passes on a burst as large as that piece by piece', async () => {
    await serve();
    const bus = await open();
    const inbox = new BusInbox(bus, `${root}.a`);
    for (let index = 1; index <= 12; index++) {
      bus.publish(`${root}.a`, new Uint8Array(1_000_000));
      await inbox.take(index);
    }
    expect(bus.counters).toMatchObject({ dropped: 0, delivered: 12 });
  });

  describe('on two nodes', () => {
    let bus: NatsBus;
    let other: NatsBus;
    let inbox: BusInbox;

    beforeEach(async () => {
      await serve();
      bus = await open();
      other = await open();
      inbox = new BusInbox(other, `${root}.>`);
      await settled(other);
      tell(bus, ['before']);
      await inbox.take(1);
    });

    it('gives one of them what the other one told before it was back, in order', async () => {
      await server.kill();
      await Promise.all([becomes(bus, false), becomes(other, false)]);
      tell(bus, numbers(0, 2_000));
      await server.restart();
      await acknowledged(bus);
      tell(bus, numbers(2_000, 4_000));
      expect(await inbox.take(4_001)).toEqual(['before', ...numbers(0, 4_000)]);
    });

    it('gives a new subscriber nothing that was told before', async () => {
      const late = new BusInbox(other, `${root}.call.>`);
      await settled(other);
      await server.kill();
      await Promise.all([becomes(bus, false), becomes(other, false)]);
      tell(bus, ['meanwhile']);
      await server.restart();
      expect(await late.take(1)).toEqual(['meanwhile']);
      expect(await inbox.take(2)).toEqual(['before', 'meanwhile']);
    });
  });

  it('drops what a slow subscriber cannot take, and counts it', async () => {
    await serve();
    const bus = await open({ maxPending: 1 });
    let [seen, end] = [0, false];
    bus.subscribe(`${root}.a`, () => seen++);
    bus.subscribe(`${root}.end`, () => (end = true));
    for (let index = 0; index < 10_000; index++) bus.publish(`${root}.a`, octets('x'));
    bus.publish(`${root}.end`, octets('x'));
    await until(
      () => 'the end',
      () => end,
    );
    expect(bus.counters.dropped).toBeGreaterThan(0);
    expect(seen + bus.counters.dropped).toBe(10_000);
  });

  it('makes a stream again that somebody has deleted', async () => {
    await serve();
    const bus = await open();
    const inbox = new BusInbox(bus, `${root}.call.>`);
    tell(bus, ['before']);
    await inbox.take(1);
    await bus.request('$JS.API.STREAM.DELETE.CALLS', octets(''), { timeoutMs: 5_000 });
    tell(bus, ['after']);
    expect(await inbox.take(2)).toEqual(['before', 'after']);
  });

  it('makes a stream fit that somebody has made otherwise, and leaves the rest of it', async () => {
    await serve();
    const other = await open();
    tell(other, ['first']);
    await acknowledged(other);
    await other.request('$JS.API.STREAM.DELETE.CALLS', octets(''), { timeoutMs: 5_000 });
    const republish = { src: '>', dest: 'told.>' };
    const made = { name: 'CALLS', subjects: ['other.>'], storage: 'file', max_msgs: 77, republish };
    await other.request('$JS.API.STREAM.CREATE.CALLS', octets(JSON.stringify(made)), { timeoutMs: 5_000 });
    const bus = await open();
    const inbox = new BusInbox(bus, `${root}.call.>`);
    tell(bus, ['x']);
    await acknowledged(bus);
    expect(await inbox.take(1)).toEqual(['x']);
    const info = await bus.request('$JS.API.STREAM.INFO.CALLS', octets(''), { timeoutMs: 5_000 });
    const { config } = JSON.parse(Buffer.from(info).toString());
    expect(config).toMatchObject({ max_msgs: 77, subjects: expect.arrayContaining(['other.>']) });
  });

  it('keeps events while the server has no JetStream, and goes on with the rest', async () => {
    await serve({ jetStream: false });
    const bus = await open();
    bus.subscribe(`${root}.echo`, ({ payload, respond }) => respond(payload));
    tell(bus, ['x']);
    await logged('bus-stream-unusable');
    expect(await ask(bus)).toBe('x');
    expect(bus.queueLength).toBe(1);
  });

  describe('whose server asks who it is', () => {
    it.each([
      ['a user', ['--user', 'tandem', '--pass', 'p@ss,word'], 'tandem:p%40ss%2Cword@'],
      ['a token', ['--auth', 's3cret'], 's3cret@'],
    ])('says it: %s', async (_what, args, credentials) => {
      await serve({ args });
      const bus = await open({ url: server.url.replace('//', `//${credentials}`) });
      expect(bus.connected).toBe(true);
    });

    it('says clearly that it was refused, shows no password, and tries again', async () => {
      await serve({ args: ['--user', 'tandem', '--pass', 'right'] });
      const bus = await open({ url: server.url.replace('//', '//tandem:hidden@') });
      expect(bus.connected).toBe(false);
      await logged('bus-refused');
      expect(lines.join('')).not.toContain('hidden');
    });
  });

  it('refuses a wrong URL', async () => {
    const refused = NatsBus.open({ url: 'a:4222', log, name: 'test' });
    await expect(refused).rejects.toMatchObject({ kind: { code: 'bus-url-invalid' } });
  });

  it('goes on with another server of the cluster when its own one dies, with all events', async () => {
    const cluster = await NatsCluster.start();
    opened.push(cluster);
    const bus = await open({ url: cluster.url });
    const inbox = new BusInbox(bus, `${root}.call.>`);
    tell(bus, ['before']);
    await acknowledged(bus, 20_000);
    const { server: address } = JSON.parse(lines[0]!);
    await cluster.servers.find(({ url }) => url.endsWith(address))!.kill();
    await becomes(bus, false);
    tell(bus, numbers(0, 100));
    await acknowledged(bus, 20_000);
    expect(await inbox.take(101)).toEqual(['before', ...numbers(0, 100)]);
  });
});
