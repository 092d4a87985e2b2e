import { answerChallenge } from '@tandem/sip';
import type { Message } from '../../harness/message.ts';
import { type Account, sdp } from '../../wire/phone.ts';
import { statusOf } from '../../wire/reply.ts';
import { fresh, type Headers, write } from '../../wire/request.ts';
import { Audio, type Rate } from './audio.ts';
import { type Carrier, Leg } from './leg.ts';
import { Line } from './line.ts';
import { writeSession } from './session.ts';

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
let marks = 0;

/** A user agent over UDP with many calls at a time: it answers each at once, and keeps to RFC 3261. */
export class Agent implements Carrier {
  readonly host: string;
  readonly account: Account;
  /** The rules that peers have broken. */
  readonly complaints: string[] = [];
  /** The sides of its calls that are up. */
  readonly legs: Map<string, Leg> = new Map();
  /** How many calls ring that it does not answer. */
  ringing: number = 0;
  readonly #rate: Rate;
  readonly #answers: boolean;
  readonly #line: Line;
  readonly #awaited = new Map<string, PromiseWithResolvers<Leg>>();

  private constructor(options: AgentOptions, line: Line) {
    this.host = options.host;
    this.account = options.account;
    this.#answers = options.answers ?? true;
    this.#rate = options.rate ?? 'sparse';
    this.#line = line;
  }

  static async open(options: AgentOptions): Promise<Agent> {
    let agent: Agent | undefined;
    const line = await Line.open(options.host, options.proxy, {
      requested: (request) => {
        if (agent) agent.#requested(request);
      },
      answeredAgain: (response) => agent?.legs.get(response.header('Call-ID'))?.again(),
    });
    agent = new Agent(options, line);
    return agent;
  }

  get uri(): string {
    return `sip:${this.account.user}@${this.account.domain}`;
  }

  /** Sends what it has to say elsewhere from now on. */
  moveTo(proxy: string): void {
    this.#line.moveTo(proxy);
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
      const answer = await this.#proven('INVITE', uri, common, writeSession(this.host, audio.port, 1, 0));
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
    for (const { audio } of this.legs.values()) audio.close();
    this.#line.close();
  }

  async ask(request: Message): Promise<Message> {
    return this.#line.ask(request);
  }

  send(message: Message): void {
    this.#line.send(message);
  }

  reply(request: Message, status: string, headers: Headers = {}, body = ''): void {
    this.#line.reply(request, status, { Contact: this.#contact, ...headers }, body);
  }

  request(method: string, uri: string, headers: Headers, body = ''): Message {
    const own = {
      Via: `SIP/2.0/UDP ${this.#line.local};branch=z9hG4bK${fresh()};rport`,
      'Max-Forwards': '70',
      From: `<${this.uri}>;tag=${fresh()}`,
      To: `<${uri}>`,
      'Call-ID': fresh(),
      CSeq: `1 ${method}`,
      Contact: this.#contact,
    };
    return write(`${method} ${uri} SIP/2.0`, { ...own, ...headers }, body);
  }

  complain(what: string): void {
    this.complaints.push(`${this.account.user}: ${what}`);
  }

  get #contact(): string {
    return `<sip:${this.account.user}@${this.#line.local}>`;
  }

  /** Sends a request, and again with credentials as long as it is challenged. */
  async #proven(method: string, uri: string, headers: Headers, body = ''): Promise<Message> {
    let proof: Headers = {};
    for (let cseq = 1; ; cseq += 1) {
      const request = this.request(method, uri, { ...headers, ...proof, CSeq: `${cseq} ${method}` }, body);
      const answer = await (method === 'INVITE' ? this.#invite(request) : this.ask(request));
      if (![401, 407].includes(statusOf(answer)) || cseq > CHALLENGES) return answer;
      proof = this.#credentials(answer, method, uri);
    }
  }

  /** Takes an INVITE back that nobody answers, and acknowledges a refusal. */
  async #invite(invite: Message): Promise<Message> {
    const answer = await this.ask(invite).catch((error: unknown) => {
      void this.ask(this.#within(invite, 'CANCEL')).catch(() => undefined);
      throw error;
    });
    if (statusOf(answer) >= 300) this.send(this.#within(invite, 'ACK', answer));
    return answer;
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

  #requested(request: Message): void {
    const leg = this.legs.get(request.header('Call-ID'));
    const [method] = request.start.split(' ');
    if (leg && request.header('To').includes(';tag=')) leg.receive(request);
    else if (method === 'INVITE') this.#invited(request, leg);
    else if (method !== 'ACK') this.reply(request, '481 Call/Transaction Does Not Exist');
  }

  #invited(invite: Message, leg: Leg | undefined): void {
    if (invite.header('To').includes(';tag=')) this.reply(invite, '481 Call/Transaction Does Not Exist');
    // The same INVITE by another way, RFC 3261 section 8.2.2.2.
    else if (leg) this.reply(invite, '482 Loop Detected');
    else if (this.#answers) void this.#answer(invite);
    else this.#ring(invite);
  }

  #ring(invite: Message): void {
    this.ringing += 1;
    this.reply(invite, '180 Ringing');
  }

  async #answer(invite: Message): Promise<void> {
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
}
