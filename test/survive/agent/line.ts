import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Message } from '../../harness/message.ts';
import { reply, statusOf } from '../../wire/reply.ts';
import { fresh, type Headers } from '../../wire/request.ts';
import { ClientTransaction } from './transaction.ts';

/** Who is told what a line hears. */
export interface Listener {
  /** A request that is no retransmission. */
  requested(request: Message): void;
  /** An answer to an INVITE that was answered before. */
  answeredAgain(response: Message): void;
}

interface Peer {
  readonly host: string;
  readonly port: number;
}

/** As long as a server transaction remembers its answer, RFC 3261 timers J and L. */
const REMEMBERED = 32_000;

/** SIP over UDP with one peer: sends again what is not answered, and answers again what was asked before. */
export class Line {
  /** Its own address, `host:port`. */
  readonly local: string;
  readonly #socket: Socket;
  readonly #listener: Listener;
  readonly #asking = new Map<string, ClientTransaction>();
  /** What was answered, by transaction; undefined until then. */
  readonly #answered = new Map<string, Message | undefined>();
  /** Where transactions of its own began, by branch. */
  readonly #begun = new Map<string, Peer>();
  #isClosed = false;
  #peer: Peer;

  private constructor(socket: Socket, peer: string, listener: Listener) {
    const { address, port } = socket.address();
    this.local = `${address}:${port}`;
    this.#socket = socket;
    this.#peer = hostPort(peer);
    this.#listener = listener;
    socket.on('message', (bytes) => this.#receive(bytes)).on('error', () => undefined);
  }

  /** `peer` is `address:port`. */
  static async open(host: string, peer: string, listener: Listener): Promise<Line> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 }).unref();
    socket.bind(0, host);
    await once(socket, 'listening');
    return new Line(socket, peer, listener);
  }

  /** Sends what it has to say elsewhere from now on; what belongs to a transaction goes where that began (RFC 3263 §4.3). */
  moveTo(peer: string): void {
    this.#peer = hostPort(peer);
  }

  send(message: Message): void {
    if (this.#isClosed) return;
    const { host, port } = this.#begun.get(branchOf(message)) ?? this.#peer;
    this.#socket.send(Buffer.from(message.text, 'latin1'), port, host);
  }

  /** Sends a request and returns its final response; throws `Unanswered`. */
  async ask(request: Message): Promise<Message> {
    const key = `${branchOf(request)} ${request.header('CSeq')}`;
    const branch = branchOf(request);
    // CANCEL and the ACK of a refusal have the branch of their INVITE.
    if (!this.#begun.has(branch)) this.#begun.set(branch, this.#peer);
    setTimeout(() => this.#begun.delete(branch), REMEMBERED).unref();
    const transaction = new ClientTransaction(request, (message) => this.send(message));
    this.#asking.set(key, transaction);
    try {
      return await transaction.final;
    } finally {
      transaction.close();
      this.#asking.delete(key);
    }
  }

  reply(request: Message, status: string, headers: Headers = {}, body = ''): void {
    const response = reply(request, status, fresh(), headers, body);
    const transaction = transactionOf(request);
    this.#answered.set(transaction, response);
    setTimeout(() => this.#answered.delete(transaction), REMEMBERED).unref();
    this.send(response);
  }

  close(): void {
    this.#isClosed = true;
    for (const transaction of this.#asking.values()) transaction.close();
    this.#socket.close();
  }

  #receive(bytes: Buffer): void {
    const message = new Message(bytes.toString('latin1'));
    if (message.start.startsWith('SIP/2.0 ')) this.#responded(message);
    else if (message.start) this.#requested(message);
  }

  #responded(response: Message): void {
    const transaction = this.#asking.get(`${branchOf(response)} ${response.header('CSeq')}`);
    if (transaction) transaction.receive(response);
    else if (response.header('CSeq').endsWith(' INVITE') && statusOf(response) < 300) {
      this.#listener.answeredAgain(response);
    }
  }

  #requested(request: Message): void {
    const transaction = transactionOf(request);
    const before = this.#answered.get(transaction);
    if (before) this.send(before);
    if (this.#answered.has(transaction) || this.#isOfRefusal(request)) return;
    // The ACK of a success has a transaction of its own, and no answer.
    if (!request.start.startsWith('ACK ')) this.#answered.set(transaction, undefined);
    this.#listener.requested(request);
  }

  /** The ACK of a refusal belongs to the transaction of its INVITE. */
  #isOfRefusal(request: Message): boolean {
    const answer = this.#answered.get(`INVITE ${branchOf(request)}`);
    return request.start.startsWith('ACK ') && answer !== undefined && statusOf(answer) >= 300;
  }
}

function hostPort(text: string): Peer {
  const [host = '', port] = text.split(':');
  return { host, port: Number(port) };
}

function branchOf(message: Message): string {
  return /;branch=([^;, ]+)/.exec(message.header('Via'))?.[1] ?? '';
}

function transactionOf(request: Message): string {
  return `${request.start.split(' ')[0]} ${branchOf(request)}`;
}
