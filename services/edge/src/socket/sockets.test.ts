import { once } from 'node:events';
import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { allowance, dial, listener, message, open } from './fixture.ts';
import { type Flow, hostPort } from './flow.ts';
import { Sockets } from './sockets.ts';

function peerOf({ host, port }: Flow): string {
  return hostPort(host, port);
}

describe('UDP', () => {
  it('receives a datagram and answers it where it came from', async () => {
    const a = await open([listener('udp')]);
    const b = await open([listener('udp')]);
    a.sockets.flowTo('udp', '127.0.0.1', b.ports[0]!)!.send('\xe9 first');
    const { text, flow } = await b.inbox.next();
    expect(text).toBe('\xe9 first');
    expect(flow).toMatchObject({ transport: 'udp', host: '127.0.0.1', port: a.ports[0], reliable: false });
    flow.send('second');
    expect((await a.inbox.next()).text).toBe('second');
  });

  it('sends from the listener with the port that is asked for', async () => {
    const a = await open([listener('udp'), listener('udp')]);
    const b = await open([listener('udp')]);
    a.sockets.flowTo('udp', '127.0.0.1', b.ports[0]!, { port: a.ports[1]! })!.send('x');
    expect((await b.inbox.next()).flow.port).toBe(a.ports[1]);
  });

  it('has no flow to a name, nor to an address of another family', async () => {
    const { sockets } = await open([listener('udp')]);
    expect(sockets.flowTo('udp', 'phone.example', 5060)).toBeUndefined();
    expect(sockets.flowTo('udp', '::1', 5060)).toBeUndefined();
    expect(sockets.flowTo('tcp', '127.0.0.1', 5060)).toBeUndefined();
  });
});

it('takes no datagram from who is banned', async () => {
  const banned = await open([listener('udp', 0, '127.0.0.2')]);
  const other = await open([listener('udp')]);
  const { inbox, ports } = await open([listener('udp')]);
  inbox.banned.add('127.0.0.2');
  banned.sockets.flowTo('udp', '127.0.0.1', ports[0]!)!.send('unheard');
  other.sockets.flowTo('udp', '127.0.0.1', ports[0]!)!.send('heard');
  expect((await inbox.next()).text).toBe('heard');
});

describe('TCP', () => {
  it('closes the connection of who is banned', async () => {
    const { inbox, ports, sockets } = await open([listener('tcp')]);
    inbox.banned.add('127.0.0.1');
    const socket = await dial(ports[0]!);
    socket.on('error', () => {});
    if (!socket.closed) await once(socket, 'close');
    expect(sockets.connections('tcp')).toBe(0);
  });

  it('cuts a stream into messages and answers on the same connection', async () => {
    const { inbox, ports, sockets } = await open([listener('tcp')]);
    const socket = await dial(ports[0]!);
    socket.write(message.slice(0, 30));
    socket.write(message.slice(30) + message);
    const first = await inbox.next();
    expect([first.text, (await inbox.next()).text]).toEqual([message, message]);
    expect(sockets.connection(first.flow.connection)).toBe(first.flow);
    first.flow.send('answer');
    const [octets] = await once(socket, 'data');
    expect(String(octets)).toBe('answer');
  });

  it('answers a ping with a pong', async () => {
    const { ports } = await open([listener('tcp')]);
    const socket = await dial(ports[0]!);
    socket.write('\r\n\r\n');
    const [octets] = await once(socket, 'data');
    expect(String(octets)).toBe('\r\n');
  });

  it('hands out what cannot be delimited and closes', async () => {
    const { inbox, ports } = await open([listener('tcp')]);
    const socket = await dial(ports[0]!);
    const ended = once(socket, 'end');
    socket.resume();
    socket.write('OPTIONS sip:a SIP/2.0\r\n\r\n');
    expect((await inbox.next()).text).toBe('broken: OPTIONS sip:a SIP/2.0\r\n\r\n');
    await ended;
  });

  it('tells when a connection ends, and forgets it', async () => {
    const { inbox, ports, sockets } = await open([listener('tcp')]);
    const socket = await dial(ports[0]!);
    socket.write(message);
    const { flow } = await inbox.next();
    socket.destroy();
    expect((await inbox.next()).flow).toBe(flow);
    expect(sockets.connection(flow.connection)).toBeUndefined();
    expect(sockets.connections('tcp')).toBe(0);
  });

  it('connects to a peer once and keeps the connection', async () => {
    const a = await open([listener('tcp')]);
    const b = await open([listener('tcp')]);
    const flow = a.sockets.flowTo('tcp', '127.0.0.1', b.ports[0]!)!;
    expect(a.sockets.flowTo('tcp', '127.0.0.1', b.ports[0]!)).toBe(flow);
    flow.send(message);
    expect((await b.inbox.next()).text).toBe(message);
  });

  it('tells when a peer refuses the connection', async () => {
    const probe = createServer();
    await once(probe.listen(0, '127.0.0.1'), 'listening');
    const address = probe.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await new Promise((resolve) => probe.close(resolve));
    const { inbox, sockets } = await open([listener('tcp')]);
    const flow = sockets.flowTo('tcp', '127.0.0.1', port)!;
    flow.send(message);
    const said = await inbox.next();
    expect(said.flow).toBe(flow);
    expect(said.text).toBe(`failed: target-unreachable: connection refused 127.0.0.1:${port}`);
  });

  it('refuses more connections of one source than it may have, and takes them again when others end', async () => {
    const { inbox, ports } = await open([listener('tcp')], {
      sipMaxConnectionsPerSource: 1,
      sipMaxConnections: 10,
    });
    const first = await dial(ports[0]!);
    first.write(message);
    await inbox.next();
    const second = await dial(ports[0]!);
    await once(second.resume(), 'close');
    first.destroy();
    await inbox.next();
    const third = await dial(ports[0]!);
    third.write(message);
    expect((await inbox.next()).text).toBe(message);
  });

  it('opens no more connections to one address than that may have, and more when others end', async () => {
    const limits = { sipMaxConnectionsPerSource: 1, sipMaxConnections: 10 };
    const { inbox, sockets } = await open([listener('tcp')], limits);
    const [one, other] = [await open([listener('tcp')]), await open([listener('tcp')])];
    const to = ({ ports }: { ports: number[] }): Flow => sockets.flowTo('tcp', '127.0.0.1', ports[0]!)!;
    to(one).send(message);
    const { flow } = await one.inbox.next();
    const refused = to(other);
    refused.send(message);
    const said = await inbox.next();
    expect([said.flow, said.text]).toEqual([
      refused,
      `failed: target-unreachable: too many connections to 127.0.0.1:${other.ports[0]}`,
    ]);
    one.sockets.abandon(flow.connection);
    await inbox.next();
    to(other).send(message);
    expect((await other.inbox.next()).text).toBe(message);
  });
});

describe('a peer that holds things up', () => {
  const wide = { sipMaxConnectionsPerSource: 200, sipMaxConnections: 200 };

  it('makes room for another when it has said nothing whole, the oldest first', async () => {
    const { inbox, ports, sockets } = await open([listener('tcp')], wide);
    const spoken = await dial(ports[0]!);
    spoken.write(message);
    const { flow } = await inbox.next();
    const silent = await dial(ports[0]!);
    silent.write(message.slice(0, 30));
    const closed = once(silent.resume(), 'close');
    for (let count = 0; count < 128; count++) await dial(ports[0]!);
    await closed;
    expect(sockets.limits.halfOpen).toMatchObject({ size: 128, evicted: 1 });
    expect(sockets.connection(flow.connection)).toBe(flow);
  });

  it('is cut off when too much waits for it, and nothing is left behind', async () => {
    const { inbox, ports, sockets } = await open([listener('tcp')], wide);
    const deaf = await dial(ports[0]!);
    deaf.write(message);
    const { flow } = await inbox.next();
    deaf.pause();
    const reader = await dial(ports[0]!);
    reader.write(message);
    const other = (await inbox.next()).flow;
    while (sockets.limits.stalled === 0) flow.send('x'.repeat(65_535));
    other.send('answer');
    expect(String((await once(reader, 'data'))[0])).toBe('answer');
    expect((await inbox.next()).text).toBe(
      `failed: target-unreachable: the peer does not read: ${peerOf(flow)}`,
    );
    expect(sockets.limits.unsent).toBe(0);
  });

  it('is not waited for when the socket closes', async () => {
    const { inbox, ports, sockets } = await open([listener('tcp')], wide);
    const deaf = await dial(ports[0]!);
    deaf.on('error', () => undefined).write(message);
    const { flow } = await inbox.next();
    deaf.pause();
    while (sockets.limits.unsent === 0) flow.send('x'.repeat(65_535));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const closing = sockets.close();
    vi.advanceTimersByTime(2_000);
    await closing;
    expect((await inbox.next()).flow).toBe(flow);
  });
});

describe('the time of a peer', () => {
  const messageTimeout = 32_000;

  async function listening() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { inbox, ports, sockets } = await open([listener('tcp')]);
    const socket = await dial(ports[0]!);
    socket.on('error', () => undefined);
    while (sockets.connections('tcp') === 0) await setImmediate();
    return { inbox, socket, sockets };
  }

  async function isOver({ inbox, sockets }: Awaited<ReturnType<typeof listening>>): Promise<void> {
    expect(sockets.connections('tcp')).toBe(1);
    vi.advanceTimersByTime(1);
    expect((await inbox.next()).text).toContain('nothing complete within 32 s from');
    expect([sockets.connections('tcp'), sockets.limits.halfOpen.size]).toEqual([0, 0]);
  }

  it('to say the first thing is short', async () => {
    const opened = await listening();
    vi.advanceTimersByTime(messageTimeout - 1);
    await isOver(opened);
  });

  it('to end a message is short, and is no longer when it says a little now and then', async () => {
    const opened = await listening();
    const { inbox, socket } = opened;
    socket.write(message + message.slice(0, 10));
    const { flow } = await inbox.next();
    for (const octet of message.slice(10, 20)) {
      vi.advanceTimersByTime((messageTimeout - 10) / 10);
      socket.write(octet);
      // Its answer has come: what was written before is read.
      flow.send('x');
      await once(socket, 'data');
    }
    vi.advanceTimersByTime(9);
    await isOver(opened);
  });

  it('begins anew with each message, though its segments never end with one', async () => {
    const opened = await listening();
    const { inbox, socket } = opened;
    socket.write(message + message.slice(0, 10));
    await inbox.next();
    for (let count = 0; count < 5; count++) {
      vi.advanceTimersByTime(messageTimeout - 1);
      socket.write(message.slice(10) + message.slice(0, 10));
      expect((await inbox.next()).text).toBe(message);
    }
    vi.advanceTimersByTime(messageTimeout - 1);
    await isOver(opened);
  });

  it('is hours once it has said something whole', async () => {
    const { inbox, socket, sockets } = await listening();
    socket.write(message);
    await inbox.next();
    vi.advanceTimersByTime(10 * messageTimeout);
    socket.write(message);
    expect((await inbox.next()).text).toBe(message);
    expect([sockets.connections('tcp'), sockets.limits.halfOpen.size]).toEqual([1, 0]);
  });
});

describe('a listener that cannot be opened', () => {
  it('is named with the reason, and none stays open', async () => {
    const taken = await open([listener('tcp')]);
    const port = taken.ports[0]!;
    const attempt = Sockets.open(
      [listener('udp', port), listener('tcp', port)],
      allowance({ sipMaxConnectionsPerSource: 1, sipMaxConnections: 1 }),
    );
    await expect(attempt).rejects.toThrow(`listener-unavailable: tcp://127.0.0.1:${port}: the port is taken`);
    const again = await open([listener('udp', port)]);
    expect(again.ports).toEqual([port]);
  });
});
