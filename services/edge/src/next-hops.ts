import { Fault, type Target } from '@tandem/sip';
import { targetsExhausted, targetUnreachable, transportUnsupported } from './faults.ts';
import { type Flow, hostPort } from './socket/flow.ts';

/** What opens flows to targets, and remembers how that went. */
export interface Ways {
  /** Undefined when no listener can. */
  open(target: Target): Flow | undefined;
  trying(target: Target): void;
  failed(target: Target, milliseconds: number | undefined): void;
  answered(target: Target): void;
  isAvoided(target: Target): boolean;
}

/** One that was tried, and what came of it. */
interface Tried {
  readonly target: Target;
  readonly result: string;
}

/** The places that a request may be sent to, one after the other (RFC 3263 §4.3). */
export class NextHops {
  /** What they are of. */
  readonly #uri: string;
  readonly #targets: Target[];
  /** Those that were to be sent to over TCP first. */
  readonly #streamed = new Set<Target>();
  readonly #ways: Ways | undefined;
  readonly #tried: Tried[] = [];
  /** It was looked for when it was sent to first. */
  wasLocated = false;
  /** The only one: a flow that was there before. */
  #known: Flow | undefined;
  #at = 0;
  #hasOpened = false;
  #current: Target | undefined;

  private constructor(uri: string, targets: readonly Target[], ways?: Ways, known?: Flow) {
    this.#uri = uri;
    this.#targets = [...targets];
    this.#ways = ways;
    this.#known = known;
  }

  static known(flow: Flow): NextHops {
    return new NextHops('', [], undefined, flow);
  }

  /** The same place once more. */
  static again(flow: Flow, { isLocated, wasLocated }: NextHops): NextHops {
    const hops = NextHops.known(flow);
    hops.wasLocated = isLocated || wasLocated;
    return hops;
  }

  static of(uri: string, targets: readonly Target[], ways: Ways): NextHops {
    return new NextHops(uri, targets, ways);
  }

  /** Whether it was looked for, and not told by a registration or a dialog. */
  get isLocated(): boolean {
    return this.#targets.length > 0;
  }

  /** Whether there is another one to try. */
  get hasMore(): boolean {
    return this.#at < this.#targets.length || this.#known !== undefined;
  }

  /** The flow to the next one; undefined when all have been tried. */
  next(): Flow | undefined {
    const known = this.#known;
    this.#known = undefined;
    if (known) return known;
    while (this.#at < this.#targets.length) {
      const target = this.#targets[this.#at++]!;
      const flow = this.#ways?.open(target);
      if (flow) {
        this.#current = target;
        this.#hasOpened = true;
        if (this.#hasChoice) this.#ways?.trying(target);
        return flow;
      }
      this.#tried.push({ target, result: 'is not spoken to by any listener' });
    }
    return undefined;
  }

  /** The flow to the first one, for what is sent once and not answered. Throws a Fault when no listener can reach any. */
  first(): Flow {
    const flow = this.next();
    if (!flow) throw this.fault() ?? new Fault(targetUnreachable, this.#uri);
    return flow;
  }

  /**
   * The flow of what is too large for a datagram, instead of the one that `next` has just told: over TCP to the same place
   * (RFC 3261 §18.1.1), and over UDP all the same when that cannot be had. Undefined where there is no such choice.
   */
  overStream(): Flow | undefined {
    const target = this.#current;
    if (target?.transport !== 'udp' || this.#streamed.has(target)) return undefined;
    const stream = { ...target, transport: 'tcp' } as const;
    if (this.#ways?.isAvoided(stream)) return undefined;
    this.#streamed.add(target);
    this.#targets.splice(--this.#at, 0, stream);
    return this.next();
  }

  /** The one that was tried last has failed; `milliseconds` is how long it wants to be left alone. */
  failed(result: string, milliseconds?: number): void {
    const target = this.#current;
    this.#current = undefined;
    if (!target) return;
    this.#tried.push({ target, result });
    if (this.#hasChoice) this.#ways?.failed(target, milliseconds);
  }

  /** The one that was tried last has said something. */
  answered(): void {
    if (this.#current && this.#hasChoice) this.#ways?.answered(this.#current);
  }

  /** Why the request could be sent nowhere: a table of targets and results. Undefined for a flow that was known. */
  fault(): Fault | undefined {
    if (!this.isLocated) return undefined;
    const table = this.#tried.map(({ target, result }) => `${describe(target)} ${result}`).join('; ');
    const kind = this.#hasChoice ? targetsExhausted : targetUnreachable;
    return new Fault(this.#hasOpened ? kind : transportUnsupported, `${this.#uri}: ${table}`);
  }

  get #hasChoice(): boolean {
    return this.#targets.length > 1;
  }
}

function describe({ transport, address, port }: Target): string {
  return `${transport} ${hostPort(address, port)}`;
}
