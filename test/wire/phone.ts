import { answerChallenge } from '@tandem/sip';
import type { Message } from '../harness/message.ts';
import { type Carrier, Wire } from '../harness/wire.ts';
import { reply, statusOf } from './reply.ts';
import { fresh, type Headers, write } from './request.ts';

/** Who a phone is. */
export interface Account {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
}

/** What a phone speaks over: its own address and the one of the switch. */
export interface Line {
  readonly transport: Carrier;
  readonly local: string;
  readonly remote: string;
  /** Of its own; any when undefined. */
  readonly ownPort?: number | undefined;
}

export const offer =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

/** For a body like {@link offer}. */
export const sdp: Headers = { 'Content-Type': 'application/sdp' };

/** A phone that says what a test wants, octet by octet, and does nothing by itself. */
export class Phone {
  readonly account: Account;
  readonly transport: Carrier;
  readonly wire: Wire;
  /** In To of its responses. */
  readonly tag: string = fresh();
  #closed = false;

  private constructor(account: Account, transport: Carrier, wire: Wire) {
    this.account = account;
    this.transport = transport;
    this.wire = wire;
  }

  /** A peer outside, at port 5060 of its address; `heard` takes a copy of all that it hears. */
  static async outside(
    account: Account,
    { local, remote }: Pick<Line, 'local' | 'remote'>,
    heard: Message[],
  ): Promise<Phone> {
    return new Phone(account, 'udp', await Wire.udp(local, remote, 5060, 5060, heard));
  }

  static async open(account: Account, { transport, local, ownPort, remote }: Line): Promise<Phone> {
    return new Phone(account, transport, await Wire[transport](local, remote, undefined, ownPort));
  }

  get uri(): string {
    return `sip:${this.account.user}@${this.account.domain}`;
  }

  get contact(): string {
    return `<sip:${this.account.user}@${this.wire.local};transport=${this.transport}>`;
  }

  /** A request with all that it needs; headers replace those of their name. */
  request(method: string, uri: string, headers: Headers = {}, body = ''): Message {
    const own = {
      Via: `SIP/2.0/${this.transport.toUpperCase()} ${this.wire.local};branch=z9hG4bK${fresh()};rport`,
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
    this.wire.send(message.text);
  }

  /** As when it is switched off: nobody listens there any more. */
  close(): void {
    if (!this.#closed) this.wire.close();
    this.#closed = true;
  }

  /** Sends a request and returns its final response. */
  async ask(request: Message): Promise<Message> {
    this.send(request);
    return this.final(request);
  }

  /** The next final response to a request. */
  async final(request: Message): Promise<Message> {
    const final = await this.wire.receive(
      'SIP/2.0',
      (message) => answers(request, message) && statusOf(message) >= 200,
    );
    // Whether the switch has said that it is trying depends on how busy the machine is.
    this.wire.forget((message) => statusOf(message) === 100 && answers(request, message));
    return final;
  }

  /** The next response to a request with this status. */
  async response(request: Message, status: number): Promise<Message> {
    return this.wire.receive(`SIP/2.0 ${status} `, (message) => answers(request, message));
  }

  /** Waits for a request, answers it and returns it. */
  async answer(method: string, status = '200 OK', headers: Headers = {}, body = ''): Promise<Message> {
    const request = await this.wire.receive(`${method} `);
    this.reply(request, status, headers, body);
    return request;
  }

  /** Agrees to the end of every call from now on, until nothing can come any more. */
  async agree(): Promise<void> {
    const ended = (): Promise<boolean> =>
      this.answer('BYE').then(
        () => true,
        () => false,
      );
    while (await ended());
  }

  /** Answers a request, and returns the response. */
  reply(request: Message, status: string, headers: Headers = {}, body = ''): Message {
    const response = reply(request, status, this.tag, { Contact: this.contact, ...headers }, body);
    this.send(response);
    return response;
  }

  /** The header with the credentials that answer a challenge. */
  credentials(challenge: Message, request: Message, nonceCount = 1, as: Account = this.account): Headers {
    const [ask, answer] =
      statusOf(challenge) === 407
        ? ['Proxy-Authenticate', 'Proxy-Authorization']
        : ['WWW-Authenticate', 'Authorization'];
    const { user, domain, password } = as;
    const [method = '', uri = ''] = request.start.split(' ');
    const account = { username: user, password, realm: domain };
    const asked = { method, uri, cnonce: fresh(), nonceCount };
    return { [answer]: answerChallenge(challenge.headers(ask), account, asked) };
  }

  /** Registers its contact, with credentials once it is challenged, and returns the final response. */
  async register(headers: Headers = {}): Promise<Message> {
    const registrar = `sip:${this.account.domain}`;
    const common = { To: `<${this.uri}>`, 'Call-ID': fresh(), ...headers };
    const first = this.request('REGISTER', registrar, common);
    const challenge = await this.ask(first);
    if (statusOf(challenge) !== 401) return challenge;
    const proof = { CSeq: '2 REGISTER', ...this.credentials(challenge, first) };
    return this.ask(this.request('REGISTER', registrar, { ...common, ...proof }));
  }

  /** An INVITE without credentials. */
  offer(uri: string, headers: Headers = {}, body: string = offer): Message {
    return this.request('INVITE', uri, { ...sdp, ...headers }, body);
  }

  /** Sends an INVITE that is challenged, and again with credentials; returns that. */
  async invite(uri: string, headers: Headers = {}, body: string = offer): Promise<Message> {
    const common = { From: `<${this.uri}>;tag=${fresh()}`, 'Call-ID': fresh(), ...headers };
    const first = this.offer(uri, common, body);
    this.send(first);
    const challenge = await this.response(first, 407);
    this.acknowledge(first, challenge);
    const proof = { CSeq: '2 INVITE', ...this.credentials(challenge, first) };
    const second = this.offer(uri, { ...common, ...proof }, body);
    this.send(second);
    return second;
  }

  /** Sends a request that begins no call and is challenged, and again with credentials; returns that. */
  async tell(method: string, uri: string, headers: Headers = {}, body = ''): Promise<Message> {
    const common = { From: `<${this.uri}>;tag=${fresh()}`, 'Call-ID': fresh(), ...headers };
    const first = this.request(method, uri, common, body);
    const proof = { CSeq: `2 ${method}`, ...this.credentials(await this.ask(first), first) };
    const second = this.request(method, uri, { ...common, ...proof }, body);
    this.send(second);
    return second;
  }

  /** The ACK of a response that is no success is part of the INVITE's transaction, RFC 3261 section 17.1.1.3. */
  acknowledge(invite: Message, response: Message): void {
    this.send(this.#within(invite, 'ACK', response.header('To')));
  }

  /** The CANCEL of an INVITE, RFC 3261 section 9.1. */
  cancel(invite: Message, headers: Headers = {}): Message {
    return this.#within(invite, 'CANCEL', invite.header('To'), headers);
  }

  #within(invite: Message, method: string, to: string, headers: Headers = {}): Message {
    const [, uri = ''] = invite.start.split(' ');
    const same = ['Via', 'Max-Forwards', 'From', 'Call-ID'].map((name) => [name, invite.header(name)]);
    const own = {
      To: to,
      CSeq: `${Number.parseInt(invite.header('CSeq'), 10)} ${method}`,
      Contact: undefined,
    };
    return this.request(method, uri, { ...Object.fromEntries(same), ...own, ...headers });
  }
}

function answers(request: Message, response: Message): boolean {
  return branchOf(request) === branchOf(response) && request.header('CSeq') === response.header('CSeq');
}

function branchOf(message: Message): string | undefined {
  return /;branch=([^;, ]+)/.exec(message.header('Via'))?.[1];
}
