import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { answerChallenge } from '@tandem/sip';
import { Message } from '../../harness/message.ts';
import type { Account } from '../../wire/phone.ts';
import { sdp } from '../../wire/phone.ts';
import { reply, statusOf } from '../../wire/reply.ts';
import { fresh, type Headers, write } from '../../wire/request.ts';
import { Audio, type Rate } from './audio.ts';
import { type Carrier, Leg } from './leg.ts';
import { writeSession } from './session.ts';
import { ClientTransaction } from './transaction.ts';

/** A call that did not come about. */
export class Refused extends Error {
  readonly status: number;
  readonly retryAfter: string;

  constructor(response: Message) {
    super(response.start.replace('SIP/2.0 ', ''));
    this.status = statusOf(response);
    this.retryAfter = response.header('Retry-After');
  }
}

export interface AgentOptions {
  readonly account: Account;
  /** Its own address. */
  readonly host: string;
  /** `address:port` that all its requests go to first. */
  readonly proxy: string;
  /** What its calls say. */
  readonly rate?: Rate;
  /** Whether it answers what comes, or only rings. */
  readonly answers?: boolean;
}

const CHALLENGES = 3;
/** As long as a server transaction remembers its answer, RFC 3261 timers J and L. */
const REMEMBERED = 32_000;
let marks = 0;

/** A user agent over UDP with many calls at a time: it answers each at once, and keeps to RFC 3261. */
export class Agent implements Carrier {
  readonly host: string;
  readonly account: Account;
  /** The rules that peers have broken. */
  readonly complaints: string[] = [];
  /** The sides of its calls that are up. */
  readonly legs: Map<string, Leg> = new Map();
  readonly #socket: Socket;
  readonly #rate: Rate;
  readonly #answers: boolean;
  readonly #asking = new Map<string, ClientTransaction>();
  /** What was answered, by transaction; undefined while a call is still opened. */
  readonly #answered = new Map<string, Message | undefined>();
  readonly #awaited = new Map<string, PromiseWithResolvers<Leg>>();
  #proxy: { readonly host: string; readonly port: number };
  /** How many calls ring that it does not answer. */
  ringing: number = 0;

  private constructor(options: AgentOptions, socket: Socket) {
    this.host = options.host;
    this.account = options.account;
    this.#socket = socket;
    this.#proxy = hostPort(options.proxy);
    this.#answers = options.answers ?? true;
    this.#rate = options.rate ?? 'sparse';
    socket.on('message', (bytes) => this.#receive(bytes)).on('error', () => undefined);
  }

  static async open(options: AgentOptions): Promise<Agent> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 }).unref();
    socket.bind(0, options.host);
    await once(socket, 'listening');
    return new Agent(options, socket);
  }

  get uri(): string {
    return `sip:${this.account.user}@${this.account.domain}`;
  }

  get contact(): string {
    return `<sip:${this.account.user}@${this.#local}>`;
  }

  /** Sends what it has to say elsewhere from now on. */
  moveTo(proxy: string): void {
    this.#proxy = hostPort(proxy);
  }

  /** Registers, and throws the answer when that is no success. */
  async register(): Promise<void> {
    const registrar = `sip:${this.account.domain}`;
    const common = { To: `<${this.uri}>`, From: `<${this.uri}>;tag=${fresh()}`, 'Call-ID': fresh() };
    const answer = await this.#proven('REGISTER', registrar, { ...common, Expires: '600' });
    if (statusOf(answer) >= 300) throw new Refused(answer);
  }

  /** Calls; throws `Refused` or `Unanswered` when nothing comes of it. */
  async call(uri: string, callId: string = fresh()): Promise<Leg> {
    const audio = await Audio.open(this.host, this.#rate, ++marks);
    try {
      const common = { From: `<${this.uri}>;tag=${fresh()}`, 'Call-ID': callId, ...sdp };
      const offer = writeSession(this.host, audio.port, 1, 0);
      const answer = await this.#proven('INVITE', uri, common, offer);
      if (statusOf(answer) >= 300) throw new Refused(answer);
      return this.#keep(Leg.ofCaller(this, answer, audio));
    } catch (error) {
      audio.close();
      throw error;
    }
  }

  /** Its side of a call that comes or has come. */
  async called(callId: string): Promise<Leg> {
    const leg = this.legs.get(callId);
    if (leg) return leg;
    const waiter = this.#awaited.get(callId) ?? Promise.withResolvers<Leg>();
    this.#awaited.set(callId, waiter);
    return waiter.promise;
  }

  close(): void {
    for (const transaction of this.#asking.values()) transaction.close();
    for (const { audio } of this.legs.values()) audio.close();
    this.#socket.close();
  }

  async ask(request: Message): Promise<Message> {
    const branch = branchOf(request);
    const transaction = new ClientTransaction(request, (message) => this.send(message));
    this.#asking.set(branch, transaction);
    try {
      return await transaction.final;
    } finally {
      transaction.close();
      this.#asking.delete(branch);
    }
  }

  request(method: string, uri: string, headers: Headers, body = ''): Message {
    const own = {
      Via: `SIP/2.0/UDP ${this.#local};branch=z9hG4bK${fresh()};rport`,
      'Max-Forwards': '70',
      From: `<${this.uri}>;tag=${fresh()}`,
      To: `<${uri}>`,
      'Call-ID': fresh(),
      CSeq: `1 ${method}`,
      Contact: this.contact,
    };
    return write(`${method} ${uri} SIP/2.0`, { ...own, ...headers }, body);
  }

  send(message: Message): void {
    this.#socket.send(Buffer.from(message.text, 'latin1'), this.#proxy.port, this.#proxy.host);
  }

  reply(request: Message, status: string, headers: Headers = {}, body = ''): void {
    const response = reply(request, status, fresh(), { Contact: this.contact, ...headers }, body);
    this.#remember(request, response);
    this.send(response);
  }

  complain(what: string): void {
    this.complaints.push(`${this.account.user}: ${what}`);
  }

  get #local(): string {
    const { address, port } = this.#socket.address();
    return `${address}:${port}`;
  }

  /** Sends a request, and again with credentials as long as it is challenged. */
  async #proven(method: string, uri: string, headers: Headers, body = ''): Promise<Message> {
    let proof: Headers = {};
    for (let cseq = 1; ; cseq += 1) {
      const request = this.request(method, uri, { ...headers, ...proof, CSeq: `${cseq} ${method}` }, body);
      const answer = await this.ask(request).catch((error: unknown) => {
        if (method === 'INVITE') void this.ask(this.#within(request, 'CANCEL')).catch(() => undefined);
        throw error;
      });
      if (method === 'INVITE' && statusOf(answer) >= 300) this.send(this.#within(request, 'ACK', answer));
      if (![401, 407].includes(statusOf(answer)) || cseq > CHALLENGES) return answer;
      proof = this.#credentials(answer, method, uri);
    }
  }

  #credentials(challenge: Message, method: string, uri: string): Headers {
    const [ask, answer] =
      statusOf(challenge) === 407
        ? ['Proxy-Authenticate', 'Proxy-Authorization']
        : ['WWW-Authenticate', 'Authorization'];
    const { user, password, domain } = this.account;
    const account = { username: user, password, realm: domain };
    const asked = { method, uri, cnonce: fresh(), nonceCount: 1 };
    return { [answer]: answerChallenge(challenge.headers(ask), account, asked) };
  }

  /** What belongs to the transaction of an INVITE, RFC 3261 sections 9.1 and 17.1.1.3. */
  #within(invite: Message, method: string, response: Message = invite): Message {
    const same = ['Via', 'Max-Forwards', 'From', 'Call-ID'].map((name) => [name, invite.header(name)]);
    const own = {
      To: response.header('To'),
      CSeq: `${Number.parseInt(invite.header('CSeq'), 10)} ${method}`,
      Contact: undefined,
    };
    return this.request(method, invite.start.split(' ')[1]!, { ...Object.fromEntries(same), ...own });
  }

  #receive(bytes: Buffer): void {
    const message = new Message(bytes.toString('latin1'));
    if (message.start.startsWith('SIP/2.0 ')) this.#responded(message);
    else if (message.start) this.#requested(message);
  }

  #responded(response: Message): void {
    const transaction = this.#asking.get(branchOf(response));
    // A CANCEL has the branch of its INVITE.
    const isOurs = transaction?.request.header('CSeq') === response.header('CSeq');
    if (isOurs) transaction?.receive(response);
    else if (response.header('CSeq').endsWith('INVITE') && statusOf(response) < 300) {
      this.legs.get(response.header('Call-ID'))?.again();
    }
  }

  #requested(request: Message): void {
    const transaction = transactionOf(request);
    if (request.start.startsWith('ACK ') && this.#isRefused(request)) return;
    const leg = this.legs.get(request.header('Call-ID'));
    if (this.#answered.has(transaction)) this.#repeat(transaction);
    else if (request.header('To').includes(';tag=')) {
      if (leg) leg.receive(request);
      else if (!request.start.startsWith('ACK ')) this.reply(request, '481 Call/Transaction Does Not Exist');
    } else if (request.start.startsWith('INVITE ')) this.#invited(request, leg);
    else this.reply(request, '200 OK');
  }

  /** The ACK of a refusal belongs to the transaction of its INVITE, that of a success does not. */
  #isRefused(ack: Message): boolean {
    const answer = this.#answered.get(`INVITE ${branchOf(ack)}`);
    return answer !== undefined && statusOf(answer) >= 300;
  }

  #repeat(transaction: string): void {
    const before = this.#answered.get(transaction);
    if (before) this.send(before);
  }

  #invited(invite: Message, leg: Leg | undefined): void {
    // The same INVITE by another way, RFC 3261 section 8.2.2.2.
    if (leg) this.reply(invite, '482 Loop Detected');
    else if (this.#answers) void this.#answer(invite);
    else this.#ring(invite);
  }

  #ring(invite: Message): void {
    this.ringing += 1;
    this.reply(invite, '180 Ringing');
  }

  async #answer(invite: Message): Promise<void> {
    this.#answered.set(transactionOf(invite), undefined);
    const audio = await Audio.open(this.host, this.#rate, ++marks);
    this.#keep(Leg.ofCallee(this, invite, fresh(), audio));
  }

  #keep(leg: Leg): Leg {
    this.legs.set(leg.callId, leg);
    this.#awaited.get(leg.callId)?.resolve(leg);
    this.#awaited.delete(leg.callId);
    void leg.ended.then(() => this.legs.delete(leg.callId));
    return leg;
  }

  #remember(request: Message, response: Message): void {
    const transaction = transactionOf(request);
    this.#answered.set(transaction, response);
    setTimeout(() => this.#answered.delete(transaction), REMEMBERED).unref();
  }
}

function hostPort(text: string): { readonly host: string; readonly port: number } {
  const [host = '', port] = text.split(':');
  return { host, port: Number(port) };
}

function branchOf(message: Message): string {
  return /;branch=([^;, ]+)/.exec(message.header('Via'))?.[1] ?? '';
}

function transactionOf(request: Message): string {
  return `${request.start.split(' ')[0]} ${branchOf(request)}`;
}
