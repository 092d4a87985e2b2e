import type { router } from '@tandem/contract';
import { aorOf, type Location } from '@tandem/location';
import type { Log } from '@tandem/platform';
import type { SipResponse, TimerWheel } from '@tandem/sip';
import { phoneSilent } from '../faults.ts';
import type { Flow } from '../socket/flow.ts';
import type { Sockets } from '../socket/sockets.ts';
import { type DatagramFlow, datagramFlow, type Keeping, KeptFlow, nameOf } from './kept-flow.ts';
import { isPingBranch, pingBranch, writePing } from './ping.ts';

/** What phones are asked by. */
export interface KeepAliveParts {
  readonly wheel: TimerWheel;
  readonly sockets: Pick<Sockets, 'flowTo' | 'has'>;
  readonly location: Pick<Location, 'probed'>;
  readonly log: Log;
  readonly now: () => number;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
}

/** At about 400 bytes each; above it a phone has to send keep-alives itself. */
const maxKept = 200_000;
/** Questions in a row: two may be lost on their way. */
const maxMissed = 3;

/** Keeps the way to phones behind NATs open: they are asked over the flow of their registration, spread over time. */
export class KeepAlive {
  readonly tallies = { asked: 0, answered: 0, missed: 0, spared: 0 };
  readonly #parts: KeepAliveParts;
  readonly #kept = new Map<string, KeptFlow>();
  /** Phones that have not answered yet, by the branch of the question. */
  readonly #waiting = new Map<string, KeptFlow>();
  #silent = 0;
  #isFull = false;

  constructor(parts: KeepAliveParts) {
    this.#parts = parts;
  }

  get counts(): { readonly kept: number; readonly silent: number } {
    return { kept: this.#kept.size, silent: this.#silent };
  }

  /** A REGISTER has been answered, and this is what shall be done for its flow. */
  registered(source: Flow, { keepAlive }: router.Registered, identity: router.Identity | undefined): void {
    if (keepAlive) source.keepOpen?.(keepAlive.interval);
    if (source.transport !== 'udp' || (!keepAlive && this.#kept.size === 0)) return;
    const flow = datagramFlow(source);
    if (!keepAlive || !identity) {
      this.#drop(this.#kept.get(nameOf(flow)));
      return;
    }
    const { interval, untilMs, contact } = keepAlive;
    const aor = aorOf(identity.tenant, identity.user);
    this.keep({ flow, aor, contact, interval, until: untilMs });
    // Whoever registers is there.
    this.#reached(this.#kept.get(nameOf(flow)));
  }

  /** Begins at some moment of the interval, so that thousands that came together are not asked together. */
  keep(keeping: Keeping): void {
    const name = nameOf(keeping.flow);
    const known = this.#kept.get(name);
    if (known) {
      known.keeping = keeping;
      return;
    }
    if (!this.#hasRoom()) return;
    const kept = new KeptFlow(keeping, (each, now) => this.#due(each, now));
    this.#kept.set(name, kept);
    const { now, random, wheel } = this.#parts;
    wheel.arm(kept, now() + keeping.interval * 1_000 * random());
  }

  /** A phone has sent a keep-alive of its own. */
  heard(source: Flow): void {
    if (this.#kept.size === 0) return;
    const kept = this.#kept.get(nameOf(datagramFlow(source)));
    if (kept) kept.heardAt = this.#parts.now();
  }

  /** Whether a response answers a question of this edge. */
  answered(response: SipResponse): boolean {
    const branch = response.via.params.get('branch') ?? '';
    if (!isPingBranch(branch)) return false;
    const kept = this.#waiting.get(branch);
    if (!kept) return true;
    this.tallies.answered++;
    this.#waiting.delete(branch);
    kept.branch = '';
    this.#reached(kept, this.#parts.now() - kept.askedAt);
    return true;
  }

  close(): void {
    for (const kept of this.#kept.values()) this.#drop(kept);
  }

  #hasRoom(): boolean {
    const isFull = this.#kept.size >= maxKept;
    if (isFull && !this.#isFull) this.#parts.log.warn({ kept: maxKept }, 'no more phones can be kept alive');
    this.#isFull = isFull;
    return !isFull;
  }

  #due(kept: KeptFlow, now: number): void {
    const { interval, until } = kept.keeping;
    const flow = until > now ? this.#flowOf(kept.keeping.flow) : undefined;
    if (!flow) {
      this.#drop(kept);
      return;
    }
    this.#parts.wheel.arm(kept, now + interval * 1_000);
    if (kept.branch !== '') this.#missed(kept, now);
    if (now - kept.heardAt < interval * 1_000) this.tallies.spared++;
    else this.#ask(kept, flow, now);
  }

  /** Undefined when the address that the phone knows has gone to another edge, which asks from now on. */
  #flowOf({ host, port, localPort, localHost }: DatagramFlow): Flow | undefined {
    const { sockets } = this.#parts;
    if (localHost !== undefined && !sockets.has(localHost)) return undefined;
    return sockets.flowTo('udp', host, port, { port: localPort, host: localHost });
  }

  #ask(kept: KeptFlow, flow: Flow, now: number): void {
    this.tallies.asked++;
    kept.branch = pingBranch();
    kept.askedAt = now;
    this.#waiting.set(kept.branch, kept);
    flow.send(writePing(flow, kept.keeping.contact, kept.branch));
  }

  #missed(kept: KeptFlow, now: number): void {
    this.tallies.missed++;
    this.#waiting.delete(kept.branch);
    kept.branch = '';
    kept.missed++;
    // Its own keep-alives show that it lives, though it answers nothing.
    if (kept.missed < maxMissed || kept.told === 'unreachable' || kept.heardAt > kept.askedAt) return;
    this.#silent++;
    kept.told = 'unreachable';
    const { aor, contact, flow, interval } = kept.keeping;
    const detail = `${contact} at ${flow.host}:${flow.port}: ${kept.missed} questions, one every ${interval} s`;
    this.#parts.log.info({ aor, fault: phoneSilent.code }, detail);
    this.#tell(kept, { unreachableSince: now });
  }

  #reached(kept: KeptFlow | undefined, latency?: number): void {
    if (!kept) return;
    kept.missed = 0;
    const wasSilent = kept.told === 'unreachable';
    if (wasSilent) this.#silent--;
    if (latency === undefined) {
      // The registration itself has told the store that the phone is there.
      if (wasSilent) kept.told = 'reachable';
      return;
    }
    if (kept.told === 'reachable') return;
    kept.told = 'reachable';
    this.#tell(kept, { latency });
  }

  #tell(
    { keeping }: KeptFlow,
    health: { readonly unreachableSince?: number; readonly latency?: number },
  ): void {
    const { location, log, now } = this.#parts;
    const flow = { transport: 'udp', ...keeping.flow };
    location
      .probed(keeping.aor, { flow, ...health }, now())
      .catch((err: unknown) => log.debug({ err, aor: keeping.aor }, 'what a phone answered was not written'));
  }

  #drop(kept: KeptFlow | undefined): void {
    if (!kept) return;
    this.#parts.wheel.cancel(kept);
    this.#waiting.delete(kept.branch);
    this.#kept.delete(nameOf(kept.keeping.flow));
    if (kept.told === 'unreachable') this.#silent--;
  }
}
