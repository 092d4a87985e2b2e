import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { createLog } from '@tandem/platform';
import { afterEach, expect, it, vi } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { Authority } from '../../../../test/harness/authority.ts';
import { needs } from '../../../../test/harness/needs.ts';
import { ConnectionLimits, ConnectionNumbers } from './connection-limits.ts';
import type { Flow, Receiver } from './flow.ts';
import { Certificates } from './tls/certificates.ts';
import { WebSocketListener } from './web-socket.ts';

const message = 'OPTIONS sip:a SIP/2.0\r\nContent-Length: 2\r\n\r\nhi';
const describe = needs('openssl');
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Asked {
  readonly origins?: readonly string[];
  readonly connections?: number;
  /** Makes it one for secure WebSockets. */
  readonly certificates?: Certificates;
}

/** A listener, what it says, and whom to ask for what is said next. */
async function open({ origins, connections = 10, certificates }: Asked = {}) {
  const said: [text: string, flow: Flow][] = [];
  let wake: () => void = () => {};
  const say = (text: string, flow: Flow): void => {
    said.push([text, flow]);
    wake();
  };
  const receiver: Receiver = {
    isBanned: () => false,
    received: say,
    broken: () => {},
    failed: (flow, { message: why }) => say(`failed: ${why}`, flow),
  };
  const next = async (): Promise<[string, Flow]> => {
    while (said.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return said.shift()!;
  };
  const transport = certificates ? 'wss' : 'ws';
  const listener = { transport, host: '127.0.0.1', port: 0, advertised: 'edge' } as const;
  const limits = new ConnectionLimits({
    sipMaxConnections: connections,
    sipMaxConnectionsPerSource: connections,
  });
  const allowance = { limits, numbers: new ConnectionNumbers(Date.now()), origins, certificates };
  const server = await WebSocketListener.open(listener, receiver, allowance);
  closing.push(() => server.close());
  return { server, next, port: server.listener.port };
}

async function dial(
  port: number,
  options: ClientOptions & TlsOptions = {},
  scheme: 'ws' | 'wss' = 'ws',
): Promise<WebSocket> {
  const socket = new WebSocket(`${scheme}://127.0.0.1:${port}`, ['sip'], options);
  closing.push(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

/** A stream whose frames the test writes itself. */
async function raw(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  closing.push(() => socket.destroy());
  socket.write(handshake());
  const [head] = await once(socket, 'data');
  expect(String(head)).toMatch(/^HTTP\/1.1 101 /);
  return socket;
}

function handshake(...headers: readonly string[]): string {
  const lines = [
    'GET / HTTP/1.1',
    'Host: edge',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: sip',
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** What a listener answers to octets, until it closes. */
async function answered(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  closing.push(() => socket.destroy());
  let answer = '';
  socket.on('data', (octets) => (answer += String(octets)));
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

/** Number and reason that a WebSocket was closed with. */
async function closed(socket: WebSocket): Promise<number> {
  const [code] = await once(socket, 'close');
  return code as number;
}

describe('a WebSocket', () => {
  it('carries a SIP message in each message, as text or octets, and answers alike whatever it was', async () => {
    const { next, port, server } = await open();
    const socket = await dial(port);
    socket.send(message);
    socket.send(Buffer.from(`${message}\xff`, 'latin1'));
    const [text, flow] = await next();
    expect([text, (await next())[0]]).toEqual([message, `${message}\xff`]);
    expect(flow).toMatchObject({ transport: 'ws', reliable: true, host: '127.0.0.1' });
    expect(server.connection(flow.connection)).toBe(flow);
    const [first, isBinary] = await answer(socket, () => flow.send('caf\xc3\xa9'));
    expect([first, isBinary]).toEqual(['caf\xc3\xa9', false]);
    expect(await answer(socket, () => flow.send('caf\xe9'))).toEqual(['caf\xe9', true]);
  });

  it('joins the parts of a message', async () => {
    const { next, port } = await open();
    const socket = await dial(port);
    for (const [index, part] of [...message.matchAll(/.{1,20}/gs)].entries())
      socket.send(part[0], { fin: index === 2 });
    expect((await next())[0]).toBe(message);
  });

  it('answers a ping of its own kind, and one of line ends, and hands out neither', async () => {
    const { next, port } = await open();
    const socket = await dial(port);
    const pong = once(socket, 'pong');
    socket.ping('x');
    expect(String((await pong)[0])).toBe('x');
    expect(await answer(socket, () => socket.send('\r\n\r\n'))).toEqual(['\r\n', false]);
    socket.send(message);
    expect((await next())[0]).toBe(message);
  });

  it('is never opened from here', async () => {
    const { server } = await open();
    expect(server.flowTo()).toBeUndefined();
  });

  it('compresses nothing, though it is offered', async () => {
    const { port } = await open();
    const socket = await dial(port, { perMessageDeflate: true });
    expect(socket.extensions).toBe('');
    expect(socket.protocol).toBe('sip');
  });

  it('is told to go when its edge stops', async () => {
    const { port, server } = await open();
    const code = closed(await dial(port));
    await server.close();
    expect(await code).toBe(1001);
  });

  it('does not keep its edge from stopping when it breaks the rules meanwhile', async () => {
    const { next, port, server } = await open();
    const socket = await raw(port);
    // With a reserved bit, and without a mask (RFC 6455 §5.1 and §5.2).
    socket.on('error', () => {}).on('data', () => socket.write(Buffer.from([0xf1, 0x01, 0x78])));
    await server.close();
    expect((await next())[0]).toMatch(/^failed: target-unreachable: Invalid WebSocket frame/);
  });
});

describe('a secure WebSocket', () => {
  it('carries messages when the certificate is that of the name, and tells what the peer proves', async () => {
    const authority = await Authority.create();
    const sip = await authority.issue(['DNS:sip.example']);
    const own = await authority.issue(['DNS:phone.example']);
    const log = createLog({ level: 'error', node: 'edge-1', destination: { write: () => {} } });
    const files = { certificates: [sip.certificate], keys: [sip.key], authorities: authority.certificate };
    const certificates = await Certificates.open(files, log);
    closing.push(() => certificates.close());
    const { next, port } = await open({ certificates });
    const ca = await readFile(authority.certificate);
    const identity = { cert: await readFile(own.certificate), key: await readFile(own.key) };
    const socket = await dial(port, { ca, servername: 'sip.example', ...identity }, 'wss');
    socket.send(message);
    const [text, flow] = await next();
    expect(text).toBe(message);
    expect(flow).toMatchObject({ transport: 'wss', host: '127.0.0.1', proven: ['phone.example'] });
    expect(await answer(socket, () => flow.send('answer'))).toEqual(['answer', false]);
    await expect(dial(port, { ca, servername: 'other.example' }, 'wss')).rejects.toThrow('altnames');
    // In the clear nothing is understood.
    expect(await answered(port, handshake())).not.toContain('HTTP');
  });
});

describe('the request for a WebSocket', () => {
  it.each([
    ['does not offer SIP', handshake().replace(': sip', ': chat'), 'HTTP/1.1 400 '],
    ['offers nothing', handshake().replace(/Sec-WebSocket-Protocol.*\r\n/, ''), 'HTTP/1.1 400 '],
    ['is of a page that may not', handshake('Origin: https://evil.example'), 'HTTP/1.1 403 '],
    ['asks for something else', 'GET / HTTP/1.1\r\nHost: edge\r\n\r\n', 'HTTP/1.1 426 '],
    ['has no key', handshake().replace(/Sec-WebSocket-Key.*\r\n/, ''), 'HTTP/1.1 400 '],
    ['has another version', handshake().replace('Version: 13', 'Version: 7'), 'HTTP/1.1 400 '],
    ['is no HTTP', `${message}`, 'HTTP/1.1 400 '],
    ['has a head without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(9_000)}`, 'HTTP/1.1 431 '],
  ])('that %s is refused', async (_name, text, start) => {
    const { port, server } = await open({ origins: ['https://phone.example'] });
    expect(await answered(port, text)).toMatch(start);
    expect(server.connections).toBe(0);
  });

  it('may come from a page that is allowed, and from what is no browser', async () => {
    const { port } = await open({ origins: ['https://phone.example'] });
    await dial(port, { origin: 'https://Phone.example' });
    await dial(port);
  });

  it('is not taken above what a source may have, and taken again when one ends', async () => {
    const { next, port } = await open({ connections: 1 });
    const first = await dial(port);
    expect(await answered(port, '')).toBe('');
    first.terminate();
    await next();
    await dial(port);
  });
});

describe('a peer', () => {
  it('that does not get to the end of its request within ten seconds is closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    closing.push(() => vi.useRealTimers());
    const { port, server } = await open();
    const socket = connect(port, '127.0.0.1');
    socket.write(handshake().slice(0, 50));
    while (server.connections === 0) await setImmediate();
    // It was refused in the middle of what it said.
    socket.on('error', () => {});
    const end = new Promise((resolve) => socket.resume().once('close', resolve));
    vi.advanceTimersByTime(9_999);
    expect(server.connections).toBe(1);
    vi.advanceTimersByTime(1);
    await end;
    expect(server.connections).toBe(0);
  });

  it.each([
    [
      'says more than a message may have',
      Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
      1009,
    ],
    ['does not mask', Buffer.from([0x81, 0x02, 0x68, 0x69]), 1002],
    ['sets a reserved bit', Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), 1002],
    ['uses an opcode that there is not', Buffer.from([0x83, 0x80, 0, 0, 0, 0]), 1002],
    ['goes on with what has not begun', Buffer.from([0x80, 0x80, 0, 0, 0, 0]), 1002],
    ['cuts a ping into parts', Buffer.from([0x09, 0x80, 0, 0, 0, 0]), 1002],
    ['says text that is none', Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]), 1007],
    ['cuts a message into too many parts', parts(20), 1008],
  ])('that %s is closed', async (_name, octets, code) => {
    const { next, port, server } = await open();
    const socket = await raw(port);
    socket.write(octets);
    const [answer] = await once(socket, 'data');
    expect((answer as Buffer).readUInt16BE(2)).toBe(code);
    socket.end();
    expect((await next())[0]).toMatch(/^failed: /);
    expect(server.connections).toBe(0);
  });

  it('that is silent is pinged, and stays for two hours when it answers', async () => {
    const { next, port, server } = await open();
    const socket = await dial(port);
    for (let sweeps = 0; sweeps < 288; sweeps++) {
      const pinged = sweeps === 0 ? undefined : once(socket, 'ping');
      server.sweep();
      await pinged;
      // Its pong has arrived when there is an answer to what it said behind it.
      const pong = once(socket, 'pong');
      socket.ping();
      await pong;
    }
    expect(server.connections).toBe(1);
    server.sweep();
    expect((await next())[0]).toMatch('nothing came for hours from');
  });

  it('that does not answer a ping is cut off', async () => {
    const { next, port, server } = await open();
    const socket = await raw(port);
    // The beginning of a frame that never ends is no answer.
    socket.write(Buffer.from([0x81, 0xfe, 0xff]));
    for (let sweeps = 0; sweeps < 3; sweeps++) server.sweep();
    expect((await next())[0]).toMatch('a ping was not answered by');
  });

  it('that does not read is cut off', async () => {
    const { next, port } = await open();
    const socket = await raw(port);
    socket.pause();
    socket.write(masked(message));
    const [, flow] = await next();
    const large = 'x'.repeat(60_000);
    for (let sent = 0; sent < 400; sent++) flow.send(large);
    expect((await next())[0]).toMatch('the peer does not read');
  });
});

async function answer(socket: WebSocket, act: () => void): Promise<[string, boolean]> {
  const message = once(socket, 'message');
  act();
  const [octets, isBinary] = await message;
  return [(octets as Buffer).toString('latin1'), isBinary as boolean];
}

/** Frames of a message that does not end, with an octet each. */
function parts(count: number): Buffer {
  const first = Buffer.from([0x02, 0x81, 0, 0, 0, 0, 1]);
  const more = Buffer.from([0x00, 0x81, 0, 0, 0, 0, 1]);
  return Buffer.concat([first, ...Array.from({ length: count - 1 }, () => more)]);
}

/** A short text in one frame, with a mask that changes nothing. */
function masked(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}
