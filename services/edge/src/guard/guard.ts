import { randomInt } from 'node:crypto';
import type { router } from '@tandem/contract';
import type { Log } from '@tandem/platform';
import { excerpt, type IpAddress, type SipRequest } from '@tandem/sip';
import type { Counters } from '../counters.ts';
import type { EdgeSettings } from '../settings.ts';
import type { Flow } from '../socket/flow.ts';
import type { Ban, BanPolicy } from './ban.ts';
import { Bans } from './bans.ts';
import { Emergency } from './emergency.ts';
import { beginsSomething, failures, hasCredentials, nameIn } from './request-signs.ts';
import { Scanners } from './scanners.ts';
import { addressKey } from './source-keys.ts';
import { SourceRate } from './source-rate.ts';
import { Sources } from './sources.ts';
import { points, Suspicion } from './suspicion.ts';

/** Messages that a source may send for each request outside dialogs. */
const messagesPerRequest = 10;
/** Milliseconds between two lines of the log about sources over their rate. */
const limitedEvery = 10_000;

/** What is done with a request: it goes on, is dropped without a word, or is answered 503. */
export type Admittance = 'taken' | 'dropped' | 'refused';

export interface GuardParts {
  readonly settings: Pick<
    EdgeSettings,
    'nodeId' | 'sipTrusted' | 'sipSourceRate' | 'sipBanFor' | 'sipScanners' | 'sipEmergency'
  >;
  readonly counters: Counters;
  readonly log: Log;
  readonly now: () => number;
  /** `host:port` of the other edges; a new set after each change. */
  readonly edges: () => ReadonlySet<string>;
  /** Tells the other edges of bans. */
  readonly tell: (bans: readonly Ban[]) => void;
}

/** Keeps floods, scanners and guessers out before they cost anything: by rates of sources, suspicion, and bans. */
export class Guard {
  readonly bans: Bans;
  readonly #parts: GuardParts;
  readonly #sources: Sources;
  readonly #suspicion: Suspicion;
  readonly #scanners: Scanners;
  readonly #emergency: Emergency;
  readonly #messages: SourceRate;
  readonly #requests: SourceRate;
  #limitedSaid = 0;

  constructor(parts: GuardParts) {
    const { counters: _, edges, settings, ...told } = parts;
    const { nodeId: node, sipBanFor, sipEmergency, sipScanners, sipSourceRate, sipTrusted } = settings;
    const seed = randomInt(2 ** 32);
    const isVouchedFor = (address: IpAddress): boolean =>
      this.#suspicion.isProven(addressKey(address), parts.now());
    this.#parts = parts;
    this.bans = new Bans({ node, seconds: sipBanFor, ...told, isVouchedFor });
    this.#sources = new Sources(sipTrusted, edges);
    this.#suspicion = new Suspicion(seed);
    this.#scanners = new Scanners(sipScanners);
    this.#emergency = new Emergency(sipEmergency);
    this.#requests = new SourceRate(sipSourceRate, seed);
    this.#messages = new SourceRate(sipSourceRate * messagesPerRequest, seed);
  }

  /** Whether nothing is to be taken from an address. */
  isBanned(host: string): boolean {
    if (this.bans.size === 0) return false;
    const address = this.#sources.addressOf(host);
    if (address === undefined || !this.bans.has(address)) return false;
    this.#parts.counters.banned++;
    return true;
  }

  /** Whether a message may be looked at, whatever it is: all that this costs is a look at where it comes from. */
  takes({ host }: Flow): boolean {
    const address = this.#sources.stranger(host);
    if (address === undefined || this.#messages.take(address, this.#parts.now())) return true;
    this.#parts.counters.flooded++;
    return false;
  }

  /** What to do with a request, before any state is made for it. Only what begins something is weighed. */
  weigh(request: SipRequest, { host, reliable }: Flow): Admittance {
    if (!beginsSomething(request)) return 'taken';
    const address = this.#sources.stranger(host);
    if (address === undefined) return 'taken';
    const { counters } = this.#parts;
    if (this.#isScanner(request, address)) {
      counters.scanners++;
      return 'dropped';
    }
    if (this.#emergency.isCalled(request)) return 'taken';
    if (!this.#isWithinRate(address, host)) {
      counters.limited++;
      return 'refused';
    }
    if (this.#mayAsk(request, address)) return 'taken';
    counters.strangers++;
    // Over a connection nothing is sent again by itself: silence would cost an office half a minute.
    return reliable ? 'refused' : 'dropped';
  }

  /** A call for help goes before everything else, and what another edge has let in is let in here as well. */
  goesFirst(request: SipRequest, { host }: Flow): boolean {
    if (this.#emergency.isCalled(request)) return true;
    const isTrusted = this.#sources.stranger(host) === undefined;
    return isTrusted && (this.#emergency.isMarked(request) || this.#sources.isEdge(host));
  }

  /** Takes note of a message that could not be read. */
  malformed({ host }: Flow, code: string): void {
    const address = this.#sources.stranger(host);
    if (address === undefined) return;
    const count = this.#suspicion.count(addressKey(address), points.malformed, this.#parts.now());
    if (count > 0) this.#ban(address, 'malformed', count, code);
  }

  /** Takes note of what a router has found out about who asks. */
  judged(request: SipRequest, { host }: Flow, { decision, identity }: router.Verdict): void {
    const address = this.#sources.stranger(host);
    if (address === undefined || !decision || decision.$case === 'credentials') return;
    const key = addressKey(address);
    const now = this.#parts.now();
    if (identity || decision.$case === 'relay' || decision.$case === 'registered') {
      this.#suspicion.proven(key, now);
      return;
    }
    const { fault } = decision.value;
    if (decision.$case === 'challenge') this.#suspicion.challenged(key, now);
    if (!failures.has(fault)) return;
    const count = this.#suspicion.failed(key, nameIn(request), now);
    if (count > 0) this.#ban(address, 'credentials', count, fault);
  }

  #isWithinRate(address: IpAddress, source: string): boolean {
    const { log, now, settings } = this.#parts;
    const at = now();
    if (this.#requests.take(address, at)) return true;
    if (at - this.#limitedSaid >= limitedEvery) {
      this.#limitedSaid = at;
      log.warn({ source, rate: settings.sipSourceRate }, 'a source is over its rate');
    }
    return false;
  }

  /** A stranger may have a few requests challenged that it does not answer, see `strangerBurst`. */
  #mayAsk(request: SipRequest, address: IpAddress): boolean {
    // Those of no user, and those with credentials, are not challenged for nothing.
    if (request.method === 'OPTIONS' || hasCredentials(request)) return true;
    const key = addressKey(address);
    const now = this.#parts.now();
    if (this.#suspicion.mayAsk(key, now)) return true;
    const count = this.#suspicion.count(key, points.unanswered, now);
    if (count > 0) this.#ban(address, 'strangers', count, 'challenges were not answered');
    return false;
  }

  #isScanner(request: SipRequest, address: IpAddress): boolean {
    const agent = request.value('User-Agent');
    if (agent === undefined || !this.#scanners.has(agent)) return false;
    const key = addressKey(address);
    const now = this.#parts.now();
    const isAmongUsers = this.#suspicion.isProven(key, now);
    const count = isAmongUsers ? this.#suspicion.count(key, points.scannerAmongUsers, now) : 1;
    if (count > 0) this.#ban(address, 'scanner', count, excerpt(agent));
    return true;
  }

  #ban(address: IpAddress, policy: BanPolicy, count: number, detail: string): void {
    this.#suspicion.forget(addressKey(address));
    this.bans.ban(address, policy, count, detail);
  }
}
