import { lookup } from 'node:dns/promises';
import { EventEmitter } from 'node:events';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { formatHostPort, type HostPort } from '@tandem/platform';
import type { Codec } from '@tandem/sdp';
import { Fault, type SipResponse, tickMs } from '@tandem/sip';
import { type Account, checkAccount, contactUri, targetUri } from './account.ts';
import type { IncomingCall } from './agent/incoming-call.ts';
import type { OutgoingCall } from './agent/outgoing-call.ts';
import { type Registered, Registration } from './agent/registration.ts';
import { UserAgent } from './agent/user-agent.ts';
import { AudioStream, type Fate } from './audio/stream.ts';
import { phoneAddressUnavailable, proxyUnknown } from './faults.ts';
import { formatProxyAddress, type ProxyAddress } from './proxy-address.ts';
import { ownAddress } from './transport/own-address.ts';
import type { Security } from './transport/security.ts';
import { openTcp } from './transport/tcp.ts';
import type { Flow, Protocol, Receiver, Transport, TransportOptions } from './transport/transport.ts';
import { openUdp } from './transport/udp.ts';
import { openWs } from './transport/ws.ts';

export type { Account } from './account.ts';
export type { Call, CallEvents, CallState } from './agent/call.ts';
export type { Ending } from './agent/ending.ts';
export type { IncomingCall } from './agent/incoming-call.ts';
export type { OutgoingCall } from './agent/outgoing-call.ts';
export type { Registered } from './agent/registration.ts';
export type { AgreedMedia } from './agent/session.ts';
export type { TimedDigit } from './audio/digits.ts';
export { type AudioSink, Recording } from './audio/recording.ts';
export { type AudioSource, silence, tone, wavSource } from './audio/source.ts';
export type { AudioStatistics, AudioStream, Fate } from './audio/stream.ts';
export { ToneMeter } from './audio/tone-meter.ts';
export type { ProxyAddress } from './proxy-address.ts';
export type { Protocol } from './transport/transport.ts';

/** What a phone is told. Times are in ms. */
export interface PhoneOptions {
  readonly account: Account;
  /** Every request goes there. */
  readonly proxy: ProxyAddress;
  /** For signalling, and the host for audio: the address that leads to the proxy, and any port, when unset. */
  readonly local?: Partial<HostPort>;
  /** Over TLS and secure WebSockets: how the proxy is checked. Its certificate has to be for the proxy's name, or the account's domain where that is an address. */
  readonly security?: Pick<Security, 'authorities' | 'insecure'> | undefined;
  /** In the order of preference; PCMA, PCMU and telephone-event when unset. */
  readonly codecs?: readonly Codec[];
  /** How long the proxy may be silent after a request; 32,000 when unset. */
  readonly answerWithin?: number;
  /** How long a call may ring, either way; 180,000 when unset. */
  readonly ringTime?: number;
  /** What a network would do to the RTP that it sends; all of it leaves at once when unset. */
  readonly fate?: Fate | undefined;
  /** 0 to 1; for what may be repeated. */
  readonly random?: () => number;
}

export interface PhoneEvents {
  /** Without anybody who listens, calls are turned down with 480. */
  incoming: [call: IncomingCall];
  /** The registration could not be refreshed; it is tried again. */
  refreshFailed: [fault: Fault];
}

/** Milliseconds that hanging up and unregistering may take. */
const closeDeadline = 3_000;

/** A SIP phone with one account, behind one proxy. */
export class Phone extends EventEmitter<PhoneEvents> {
  readonly account: Account;
  /** Where it is reached. */
  readonly contact: string;
  readonly #agent: UserAgent;
  readonly #registration: Registration;
  readonly #transport: Transport;
  readonly #tick: NodeJS.Timeout;
  #abandoned: Promise<void> | undefined;

  private constructor(options: PhoneOptions, transport: Transport) {
    super();
    const {
      account,
      codecs,
      answerWithin = 32_000,
      ringTime = 180_000,
      random = Math.random,
      fate,
    } = options;
    const protocol = options.proxy.transport;
    const proxy = formatProxyAddress(options.proxy);
    const { host, sentBy } = transport;
    this.account = account;
    const scheme = secure.includes(protocol) ? 'sips' : 'sip';
    this.contact = contactUri(account, sentBy, transportParameter(protocol), scheme);
    this.#transport = transport;
    this.#agent = new UserAgent({
      account,
      clock: () => performance.now(),
      random,
      flow: () => transport.toProxy(),
      proxy,
      contact: this.contact,
      answerWithin,
      via: (branch) => `SIP/2.0/${protocol.toUpperCase()} ${sentBy};rport;branch=${branch}`,
      codecs,
      ringTime,
      openAudio: () => AudioStream.open(host, random, fate),
      incoming: (call) => this.#incoming(call),
    });
    const { core } = this.#agent;
    this.#registration = new Registration(core, {
      refreshFailed: (fault) => this.emit('refreshFailed', fault),
    });
    this.#tick = setInterval(() => core.layer.advance(core.clock()), tickMs);
  }

  /** Opens the sockets. Throws `account-malformed`, `phone-address-unavailable` or `proxy-unknown`. */
  static async open(options: PhoneOptions): Promise<Phone> {
    checkAccount(options.account);
    // Nothing arrives before this function is done: a socket reads in a later turn of the event loop.
    let phone: Phone | undefined;
    const transport = await openTransport(options, {
      received: (text, flow) => {
        if (phone) phone.#agent.received(text, flow);
      },
      lost: (flow) => {
        if (phone) phone.#lost(flow);
      },
    });
    phone = new Phone(options, transport);
    return phone;
  }

  /** Where it listens. */
  get address(): HostPort {
    const { host, port } = this.#transport;
    return { host, port };
  }

  /** Registers for `expires` seconds, and again before they are over. Rejects with a Fault. */
  register({ expires = 300 }: { readonly expires?: number } = {}): Promise<Registered> {
    return this.#registration.register(expires);
  }

  /** Takes the registration back. */
  unregister(): Promise<void> {
    return this.#registration.unregister();
  }

  /** Calls a name or number of the own domain, `user@host`, or a URI. What becomes of it the call tells. */
  async call(target: string): Promise<OutgoingCall> {
    return this.#agent.call(targetUri(target, this.account));
  }

  /** Asks the proxy itself for its options; settles with the final response, rejects when there is none. */
  options(): Promise<SipResponse> {
    return this.#agent.options();
  }

  /** Hangs up, unregisters and frees all ports; what is not answered within seconds is let go. */
  async close(): Promise<void> {
    await this.#leave();
    await this.abandon();
  }

  /** Frees all ports and says nothing, like a phone that loses its power. */
  async abandon(): Promise<void> {
    this.#abandoned ??= this.#abandon();
    await this.#abandoned;
  }

  #lost(flow: Flow): void {
    this.#agent.lost(flow);
    this.#registration.flowLost();
  }

  async #leave(): Promise<void> {
    if (this.#abandoned) return;
    const unregistered = this.#registration.active ? this.unregister() : undefined;
    const polite = Promise.allSettled([this.#agent.calls.close(), unregistered]);
    const deadline = new AbortController();
    const { signal } = deadline;
    await Promise.race([polite, delay(closeDeadline, undefined, { signal })]);
    deadline.abort();
  }

  async #abandon(): Promise<void> {
    this.#registration.stop();
    clearInterval(this.#tick);
    // In this order nothing is said any more.
    await this.#transport.close();
    await this.#agent.calls.abandon();
  }

  #incoming(call: IncomingCall): void {
    if (!this.emit('incoming', call)) call.reject(480);
  }
}

async function resolve({ host, port }: HostPort): Promise<HostPort> {
  try {
    return { host: (await lookup(host)).address, port };
  } catch (error) {
    throw new Fault(proxyUnknown, host, { cause: error });
  }
}

/** RFC 7118 §5.2.2 has one parameter for both kinds of WebSockets. */
function transportParameter(protocol: Protocol): string {
  if (protocol === 'udp') return '';
  return `;transport=${protocol === 'wss' ? 'ws' : protocol}`;
}

const secure: readonly Protocol[] = ['tls', 'wss'];

const openers: Readonly<Record<Protocol, (options: TransportOptions) => Promise<Transport>>> = {
  udp: openUdp,
  tcp: openTcp,
  tls: openTcp,
  ws: openWs,
  wss: openWs,
};

async function openTransport(
  { account, local = {}, proxy: named, security: trust }: PhoneOptions,
  receiver: Receiver,
): Promise<Transport> {
  const proxy = { ...named, ...(await resolve(named)) };
  const own = { host: local.host ?? (await ownAddress(proxy)), port: local.port ?? 0 };
  try {
    const name = isIP(named.host) === 0 ? named.host : account.domain;
    const security = secure.includes(named.transport) ? { name, ...trust } : undefined;
    const options = { local: own, proxy, receiver, security };
    return await openers[proxy.transport](options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'the port is taken' : message;
    throw new Fault(phoneAddressUnavailable, `${proxy.transport}://${formatHostPort(own)}: ${reason}`, {
      cause: error,
    });
  }
}
