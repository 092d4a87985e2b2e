import { setTimeout as pause } from 'node:timers/promises';
import { type ClientDuplexStream, type ServiceError, status } from '@grpc/grpc-js';
import { Fault } from '@tandem/sip';
import { etcdRefused, etcdUnavailable } from '../faults.ts';
import type { Log } from '../log.ts';
import { etcdConnected, etcdFailures } from '../metrics.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { EtcdAddress } from './address.ts';
import { Channel } from './channel.ts';
import { type Method, range } from './method.ts';
import { Protection } from './protection.ts';

export interface EtcdOptions {
  readonly address: EtcdAddress;
  /** Whether an etcd that asks nobody for a password is made to ask for that of the address, whose user is `root`. */
  readonly protects?: boolean;
  readonly log: Log;
}

/** How long a call may take unless it says otherwise, in milliseconds. */
const callMs = 2_000;
/** Of a call that may be asked twice: how long one server may take when there are others. */
const attemptMs = 800;
/** Between two looks at a server that answers; it has to answer each within {@link probeMs}. */
const probeEveryMs = 1_000;
const probeMs = 1_500;
/** Between two looks at servers that do not answer: doubled from the one to the other. */
const firstPauseMs = 50;
const longestPauseMs = 1_000;
/** A key that need not exist: the read shows that the server is one of a majority. */
const probeKey = '/tandem/';

/**
 * The connection to etcd: for ever, to one server at a time, and to the next one as soon as that does not answer.
 * Each call has a deadline, so that a server which is only stuck holds nobody up.
 */
export class Etcd {
  readonly #address: EtcdAddress;
  readonly #protection: Protection | undefined;
  readonly #log: Log;
  readonly #listeners = new Set<(connected: boolean) => void>();
  readonly #failures = { unavailable: 0, refused: 0 };
  #channel: Channel;
  #next = 0;
  #connected = false;
  /** When it went away; 0 before it was there for the first time. */
  #awaySince = 0;
  /** Why it is away. */
  #complaint: Fault | undefined;
  #closed = false;
  #wake = (): void => undefined;

  constructor({ address, protects = false, log }: EtcdOptions) {
    this.#address = address;
    this.#protection = protects ? new Protection() : undefined;
    this.#log = log.child({ part: 'etcd' });
    this.#channel = this.#nextChannel();
    void this.#watchOver();
  }

  /** Whether it answered when it was last asked. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Calls the listener when etcd comes and goes; returns what stops that. */
  onConnection(listener: (connected: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when etcd is there, at once if it is; rejects with `etcd-unavailable` after the time. */
  async connection(withinMs: number): Promise<void> {
    if (this.#connected) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = this.onConnection((connected) => connected && resolve());
    const timer = setTimeout(() => reject(this.#unavailable()), withinMs);
    await promise.finally(() => {
      clearTimeout(timer);
      stop();
    });
  }

  /** Reports the state of the connection at each scrape. */
  observe(metrics: Metrics): void {
    metrics.observe(etcdConnected, (report) => report(this.#connected ? 1 : 0));
    metrics.observe(etcdFailures, (report) => {
      for (const [result, count] of Object.entries(this.#failures)) report(count, { result });
    });
  }

  /** Rejects with `etcd-unavailable` after the time at the latest, or with `etcd-refused`. */
  call<Q, A>(method: Method<Q, A>, request: Q, withinMs: number = callMs): Promise<A> {
    return this.#attempts(method.repeatable, withinMs, (channel, deadline) =>
      channel.unary(method, request, deadline),
    );
  }

  /** Like {@link call}, for a method that is a stream of questions and answers. */
  exchange<Q, A>(method: Method<Q, A>, request: Q, withinMs: number = callMs): Promise<A> {
    return this.#attempts(true, withinMs, (channel, deadline) => channel.exchange(method, request, deadline));
  }

  /** A stream to the server of the moment. It ends with an error when that does not answer any more. */
  async stream<Q, A>(method: Method<Q, A>): Promise<ClientDuplexStream<Q, A>> {
    const channel = this.#channel;
    const stream = await channel.stream(method, Date.now() + callMs);
    return stream.on('error', (error) => this.#suspect(channel, error as ServiceError));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#channel.close();
    this.#wake();
  }

  async #attempts<A>(
    repeatable: boolean,
    withinMs: number,
    ask: (channel: Channel, deadline: number) => Promise<A>,
  ): Promise<A> {
    const deadline = Date.now() + withinMs;
    const longestMs = repeatable && this.#address.endpoints.length > 1 ? attemptMs : withinMs;
    for (;;) {
      const channel = this.#channel;
      try {
        return await ask(channel, Math.min(deadline, Date.now() + longestMs));
      } catch (error) {
        this.#suspect(channel, error as ServiceError);
        if (!repeatable || !isAway(error) || this.#closed || Date.now() + firstPauseMs >= deadline) {
          throw this.#faultOf(channel, error as ServiceError);
        }
        await pause(firstPauseMs);
      }
    }
  }

  #faultOf({ endpoint }: Channel, error: ServiceError): Fault {
    const away = isAway(error);
    this.#failures[away ? 'unavailable' : 'refused']++;
    const reason = (error.details ?? error.message).replace(/ Resolution note:.*$/s, '');
    const detail = `${endpoint.authority}: ${reason}`;
    return new Fault(away ? etcdUnavailable : etcdRefused, detail);
  }

  #unavailable(): Fault {
    const { endpoints } = this.#address;
    const names = endpoints.map(({ authority }) => authority).join(', ');
    return this.#complaint ?? new Fault(etcdUnavailable, `${names}: no answer yet`);
  }

  /** Has the server looked at soon if it is the one of the moment. */
  #suspect(channel: Channel, error: ServiceError): void {
    if (channel === this.#channel && isAway(error) && error.code !== status.CANCELLED) this.#wake();
  }

  #nextChannel(): Channel {
    const { endpoints, user } = this.#address;
    return new Channel(endpoints[this.#next++ % endpoints.length]!, { user, protection: this.#protection });
  }

  async #watchOver(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!this.#closed) {
      if (await this.#probe()) {
        pauseMs = firstPauseMs;
        await this.#rest(probeEveryMs);
      } else {
        await pause(pauseMs);
        pauseMs = Math.min(2 * pauseMs, longestPauseMs);
      }
    }
  }

  /** Waits until somebody suspects the server, or so long. */
  async #rest(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }

  async #probe(): Promise<boolean> {
    const channel = this.#channel;
    const request = { key: probeKey, rangeEnd: '', limit: 1, revision: 0 };
    try {
      await channel.unary(range, request, Date.now() + probeMs);
      if (!this.#closed) this.#back(channel);
      return true;
    } catch (error) {
      if (this.#closed) return false;
      this.#away(this.#faultOf(channel, error as ServiceError));
      // A new connection, be it to the same server: the old one may lead to a machine that is gone.
      this.#channel = this.#nextChannel();
      channel.close();
      return false;
    }
  }

  #back({ endpoint: { authority } }: Channel): void {
    if (this.#connected) return;
    const awayMs = this.#awaySince === 0 ? 0 : Math.round(performance.now() - this.#awaySince);
    this.#log.info({ server: authority, awayMs }, 'etcd is there');
    this.#complaint = undefined;
    this.#tell(true);
  }

  #away(fault: Fault): void {
    if (this.#complaint?.kind !== fault.kind) this.#log.warn({ err: fault }, 'etcd is away');
    this.#complaint = fault;
    if (!this.#connected) return;
    this.#awaySince = performance.now();
    this.#tell(false);
  }

  #tell(connected: boolean): void {
    this.#connected = connected;
    for (const listener of [...this.#listeners]) listener(connected);
  }
}

const awayCodes: readonly unknown[] = [status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED];

function isAway(error: unknown): boolean {
  return awayCodes.includes((error as Partial<ServiceError>).code);
}
