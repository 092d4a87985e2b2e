import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { WebSocket } from 'ws';
import type { Protocol } from './host.ts';
import { Inbox } from './inbox.ts';
import { Message, split } from './message.ts';

/** What SIP can be spoken over here. */
export type Carrier = Protocol | 'tls' | 'ws';

/** What carries the bytes, and where its two ends are: `address:port`, or the name of nothing for a WebSocket. */
interface Link {
  readonly transport: Uppercase<Carrier>;
  readonly local: string;
  readonly remote: string;
  readonly inbox: Inbox<Message>;
  readonly write: (bytes: Buffer) => void;
  readonly close: () => void;
}

/** Where the edges of the tests take WebSockets. */
export const webSocketPort = 5066;

const TRYING = 'SIP/2.0 100 Trying';

/** Raw SIP between the test process and one peer: what is sent goes out as it is, and what comes can be awaited. */
export class Wire {
  readonly #link: Link;
  #sentinels = 0;

  private constructor(link: Link) {
    this.#link = link;
  }

  /**
   * From any port of `address`, unless `ownPort` is given, to `port` of `remote`; `heard` takes a copy of all that comes.
   */
  static async udp(
    address: string,
    remote: string,
    port: number = 5060,
    ownPort?: number,
    heard?: Message[],
  ): Promise<Wire> {
    return new Wire(await datagrams(address, remote, port, ownPort, heard));
  }

  static async tcp(address: string, remote: string, port: number = 5060, ownPort?: number): Promise<Wire> {
    return new Wire(await stream(address, remote, port, ownPort));
  }

  /** Whom it speaks to need not prove anything: a test looks at what is said. */
  static async tls(address: string, remote: string, port: number = 5061): Promise<Wire> {
    const options = { host: remote, port, localAddress: address, rejectUnauthorized: false };
    return new Wire(await spoken('TLS', connectSecurely(options), 'secureConnect', [address, remote, port]));
  }

  static async ws(address: string, remote: string, port: number = webSocketPort): Promise<Wire> {
    return new Wire(await webSocket(address, remote, port));
  }

  /** This end as Via and Contact want it. */
  get local(): string {
    return this.#link.local;
  }

  send(bytes: string | Buffer): void {
    this.#link.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** The first message whose start line begins so (`INVITE`, `SIP/2.0 4`) and that passes `also`. */
  async receive(
    start: string,
    also: (message: Message) => boolean = () => true,
    ms?: number,
  ): Promise<Message> {
    return this.#link.inbox.take(start, (message) => message.start.startsWith(start) && also(message), ms);
  }

  /**
   * Nothing came but what was received. The peer is asked with OPTIONS first and must answer: what it had to say to
   * anything before it would have said by then. Its 100 is not counted: whether there is one is a matter of how fast the
   * machine is (RFC 3261 §17.2.1).
   */
  async silent(): Promise<void> {
    const callId = `sentinel-${++this.#sentinels}-${this.local}`;
    this.send(this.#options(callId));
    await this.receive('SIP/2.0', (message) => message.header('Call-ID') === callId);
    const heard = this.#link.inbox
      .drain()
      .map(({ start }) => start)
      .filter((start) => start !== TRYING);
    if (heard.length > 0) throw new Error(`${this.local}: expected silence, heard ${heard.join(', ')}`);
  }

  /** What came and was not received is as if it had not come, if it matches. */
  forget(match: (message: Message) => boolean): void {
    this.#link.inbox.drain(match);
  }

  close(): void {
    this.#link.close();
  }

  #options(callId: string): string {
    const { transport, local, remote } = this.#link;
    return [
      `OPTIONS sip:${remote} SIP/2.0`,
      `Via: SIP/2.0/${transport} ${local};branch=z9hG4bK-${callId};rport`,
      `From: <sip:sentinel@${local}>;tag=${this.#sentinels}`,
      `To: <sip:${remote}>`,
      `Call-ID: ${callId}`,
      'CSeq: 1 OPTIONS',
      'Max-Forwards: 70',
      'Content-Length: 0',
      '\r\n',
    ].join('\r\n');
  }
}

async function datagrams(
  address: string,
  remote: string,
  port: number,
  ownPort = 0,
  heard?: Message[],
): Promise<Link> {
  const socket = createSocket('udp4').unref();
  socket.bind(ownPort, address);
  await once(socket, 'listening');
  const local = `${address}:${socket.address().port}`;
  const inbox = mailbox(local);
  socket.on('message', (bytes) => {
    const message = new Message(bytes.toString('latin1'));
    heard?.push(message);
    inbox.put(message);
  });
  return {
    transport: 'UDP',
    local,
    remote: `${remote}:${port}`,
    inbox,
    write: (bytes) => socket.send(bytes, port, remote),
    close: () => socket.close(),
  };
}

async function stream(address: string, remote: string, port: number, ownPort?: number): Promise<Link> {
  const own = { localAddress: address, ...(ownPort !== undefined && { localPort: ownPort }) };
  return spoken('TCP', connect({ host: remote, port, noDelay: true, ...own }), 'connect', [
    address,
    remote,
    port,
  ]);
}

async function spoken(
  transport: Link['transport'],
  socket: Socket,
  opened: 'connect' | 'secureConnect',
  [address, remote, port]: readonly [address: string, remote: string, port: number],
): Promise<Link> {
  socket.unref();
  await once(socket, opened);
  const local = `${address}:${socket.localPort}`;
  const inbox = mailbox(local);
  let pending = '';
  socket.on('data', (bytes) => {
    const { messages, rest } = split(pending + bytes.toString('latin1'));
    pending = rest;
    for (const message of messages) inbox.put(message);
  });
  socket.on('error', ({ message }) => inbox.close(message));
  socket.on('close', () => inbox.close('the connection is closed'));
  return {
    transport,
    local,
    remote: `${remote}:${port}`,
    inbox,
    write: (bytes) => void socket.write(bytes),
    close: () => void socket.destroy(),
  };
}

async function webSocket(address: string, remote: string, port: number): Promise<Link> {
  const socket = new WebSocket(`ws://${remote}:${port}`, ['sip'], { localAddress: address });
  const local = `${randomBytes(6).toString('hex')}.invalid`;
  const inbox = mailbox(local);
  socket.on('message', (octets: Buffer) => inbox.put(new Message(octets.toString('latin1'))));
  await once(socket, 'open');
  socket.on('error', ({ message }) => inbox.close(message));
  socket.on('close', () => inbox.close('the connection is closed'));
  return {
    transport: 'WS',
    local,
    remote: `${remote}:${port}`,
    inbox,
    write: (bytes) => socket.send(bytes),
    close: () => socket.terminate(),
  };
}

function mailbox(local: string): Inbox<Message> {
  return new Inbox(local, ({ start }) => start);
}
