import { isIPv6 } from 'node:net';
import { media } from '@tandem/contract';
import { formatAddress } from '@tandem/datagram';
import { Fault } from '@tandem/sip';
import type { Counters, Totals } from './counters.ts';
import type { Engine } from './engine.ts';
import { mediaCommandInvalid, mediaSessionUnknown, mediaSourceAmbiguous } from './faults.ts';
import { flowOf } from './flow.ts';
import type { Leg } from './leg.ts';
import type { Placement } from './placement.ts';
import type { Relay, RelayCounters } from './relay.ts';
import { legsOf, review, type Session, type SideName, type Stream, statisticsOf } from './session.ts';
import { expectationsOf, readAddress, readStream, type Signalled } from './signalled.ts';

/** What the worker's own engine is made of. */
export interface RelayEngineParts {
  readonly worker: string;
  /** The IP literals that go into session descriptions: each party gets that of its family, if there is one. */
  readonly advertise: readonly string[];
  /** The address that the ports are bound to, when it is loopback. */
  readonly loopback: number | undefined;
  /**
   * Sessions are numbered by the moment at which they are opened: from here on, which is now, in milliseconds since 1970.
   * That is above all numbers that an earlier worker of this name has used.
   */
  readonly firstSession: number;
  readonly placement: Placement;
  readonly relay: Relay;
  readonly rows: Counters;
  /** In ms; never goes back. */
  readonly now: () => number;
}

/** Everything that is counted, for metrics. Sums are since the start. */
export interface MediaSnapshot extends Totals, RelayCounters {
  readonly sessions: number;
  readonly legs: number;
  readonly pairsOpen: number;
  /** Of those, pairs that serve a leg or wait for a former one to be quiet. */
  readonly pairsUsed: number;
  /** The share of what is left when no pair can be shared: 1 when a leg that needs a pair of its own gets none. */
  readonly portOccupancy: number;
  /** Sources of ended legs that are kept silent. */
  readonly quarantined: number;
  /** Sessions that nobody closed. */
  readonly abandoned: number;
  /** Legs that found no port. */
  readonly exhausted: number;
}

const maxStreams = 32;

/** The worker's own engine: relays packets between port pairs. */
export class RelayEngine implements Engine {
  readonly #parts: RelayEngineParts;
  readonly #sessions = new Map<string, Session>();
  /** Those of which not every side has been heard yet: of most calls for a second. */
  readonly #unheard = new Set<Session>();
  readonly #startedAt: number;
  #advertised: readonly string[];
  #nextSession: number;
  #abandoned = 0;

  constructor(parts: RelayEngineParts) {
    this.#parts = parts;
    this.#advertised = parts.advertise;
    this.#nextSession = parts.firstSession;
    this.#startedAt = parts.now();
  }

  /** What sessions are told from now on. */
  advertise(hosts: readonly string[]): void {
    this.#advertised = hosts;
  }

  async open(open: media.Open): Promise<media.Session> {
    const session = this.#begin(open);
    const caller = open.caller ? this.#read(open.caller) : [];
    const callee = open.callee ? this.#read(open.callee) : [];
    try {
      await this.#grow(session, Math.max(open.streams, caller.length, callee.length), { caller, callee });
      this.#apply(session, 'caller', caller);
      this.#apply(session, 'callee', callee);
    } catch (error) {
      this.#end(session);
      throw error;
    }
    this.#sessions.set(session.id, session);
    this.#unheard.add(session);
    return this.#endpoints(session);
  }

  async describe(describe: media.Describe): Promise<media.Session> {
    const side = readSide(describe.side);
    const said = this.#read(describe);
    return this.#inTurn(describe.session, async (session) => {
      await this.#grow(session, said.length, { [side]: said });
      this.#apply(session, side, said);
      return this.#endpoints(session);
    });
  }

  async close({ session: id }: media.Close): Promise<media.Statistics> {
    return this.#inTurn(id, (session) => {
      const statistics = statisticsOf(session, this.#parts.rows);
      this.#end(session);
      return statistics;
    });
  }

  async inspect({ session }: media.Inspect): Promise<media.Statistics> {
    return statisticsOf(this.#find(session), this.#parts.rows);
  }

  /** Lets time pass: tells what has become silent, ends what nobody closed, frees ports. */
  tick(): media.Report[] {
    const now = this.#parts.now();
    const reports: media.Report[] = [];
    for (const session of this.#sessions.values()) {
      const judgement = review(session, this.#parts.rows, now);
      if (judgement === 'silent') reports.push(silenceOf(session));
      if (judgement !== 'abandoned') continue;
      this.#abandoned++;
      this.#end(session);
    }
    this.#parts.placement.tick(now);
    return reports;
  }

  /** Sides that are not heard though they should be, since both have said where they are. */
  oneWays(): media.Report[] {
    const { now, rows } = this.#parts;
    const reports: media.Report[] = [];
    for (const session of this.#unheard) {
      const flow = flowOf(session, rows, now());
      if (flow === 'open') this.#unheard.delete(session);
      else if (flow !== 'later')
        reports.push({ session: session.id, call: session.call, report: { $case: 'oneWay', value: flow } });
    }
    return reports;
  }

  /** Somebody knows of a side that is not heard: it is not told again. */
  settled(id: string): void {
    const session = this.#sessions.get(id);
    if (session) this.#unheard.delete(session);
  }

  /** A report has been heard: the same silence is not reported again. */
  acknowledge(id: string): void {
    const session = this.#sessions.get(id);
    if (session) session.reportedFrom = session.silentFrom;
  }

  /** Sessions that are open. */
  get size(): number {
    return this.#sessions.size;
  }

  snapshot(): MediaSnapshot {
    const { rows, relay, placement } = this.#parts;
    const slots = [...this.#sessions.values()].flatMap(legsOf).map(({ slot }) => slot);
    return {
      ...rows.totals(slots),
      ...relay.counters,
      sessions: this.#sessions.size,
      legs: slots.length,
      pairsOpen: placement.pairsOpen,
      pairsUsed: placement.pairsUsed,
      portOccupancy: placement.occupancy,
      quarantined: placement.quarantined,
      abandoned: this.#abandoned,
      exhausted: placement.exhausted,
    };
  }

  #read({ streams, signallingSource }: media.Describe): (Signalled | undefined)[] {
    const source = signallingSource === '' ? undefined : readAddress('signalling_source', signallingSource);
    return streams.map((stream) => readStream(stream, { source, loopback: this.#parts.loopback }));
  }

  #number(now: number): number {
    const opened = this.#parts.firstSession + Math.floor(now - this.#startedAt);
    const number = Math.max(this.#nextSession, opened);
    this.#nextSession = number + 1;
    return number;
  }

  #begin({ call, inactivity, callerSources, calleeSources }: media.Open): Session {
    const now = this.#parts.now();
    return {
      id: `${this.#parts.worker}.${this.#number(now)}`,
      call,
      inactivity: inactivity * 1000,
      openedAt: now,
      sources: {
        caller: this.#sources('caller_sources', callerSources),
        callee: this.#sources('callee_sources', calleeSources),
      },
      streams: [],
      describedAt: now,
      silentFrom: undefined,
      reportedFrom: undefined,
      heardBy: now,
      turn: Promise.resolve(),
      ended: false,
    };
  }

  #sources(field: string, texts: readonly string[]): readonly number[] {
    const { loopback } = this.#parts;
    const addresses = texts.map((text) => readAddress(field, text));
    return loopback === undefined || addresses.length === 0 ? addresses : [...addresses, loopback];
  }

  async #grow(
    session: Session,
    count: number,
    said: Partial<Record<SideName, readonly (Signalled | undefined)[]>>,
  ): Promise<void> {
    if (count > maxStreams)
      throw new Fault(mediaCommandInvalid, `${count} streams, ${maxStreams} are relayed`);
    for (let index = session.streams.length; index < count; index++) {
      const stream = await this.#placeStream(session, {
        caller: said.caller?.[index],
        callee: said.callee?.[index],
      });
      session.streams.push(stream);
      // Time may have ended the session while a port was being opened.
      if (session.ended) this.#vacate([stream.caller, stream.callee]);
    }
    if (session.ended) throw new Fault(mediaSessionUnknown, session.id);
  }

  async #placeStream(
    { sources }: Session,
    said: Partial<Record<SideName, Signalled | undefined>>,
  ): Promise<Stream> {
    const { placement, now } = this.#parts;
    const place = (side: SideName): ReturnType<Placement['place']> =>
      placement.place(sources[side], expectationsOf(said[side], sources[side]), now());
    const caller = await place('caller');
    try {
      const callee = await place('callee');
      caller.opposite = callee;
      callee.opposite = caller;
      return { caller, callee };
    } catch (error) {
      this.#vacate([caller]);
      throw error;
    }
  }

  // All or nothing: every stream is checked before one is changed.
  #apply(session: Session, side: SideName, said: readonly (Signalled | undefined)[]): void {
    const legs = said.map((signalled, index) => ({ leg: session.streams[index]![side], signalled }));
    for (const { leg, signalled } of legs) {
      if (!signalled || !isAmbiguous(leg, signalled)) continue;
      throw new Fault(
        mediaSourceAmbiguous,
        `${session.id}: port ${leg.pair.port} has another leg from there`,
      );
    }
    for (const { leg, signalled } of legs) leg.describe(signalled);
    if (legs.length > 0) session.describedAt = this.#parts.now();
  }

  #end(session: Session): void {
    session.ended = true;
    this.#sessions.delete(session.id);
    this.#unheard.delete(session);
    this.#vacate(legsOf(session));
  }

  #vacate(legs: readonly Leg[]): void {
    for (const leg of legs) this.#parts.placement.leave(leg, this.#parts.now());
  }

  #find(id: string): Session {
    const session = this.#sessions.get(id);
    if (!session) throw new Fault(mediaSessionUnknown, id);
    return session;
  }

  async #inTurn<T>(id: string, work: (session: Session) => T | Promise<T>): Promise<T> {
    const session = this.#find(id);
    const result = session.turn.then(() => work(this.#find(id)));
    session.turn = result.catch(() => undefined);
    return result;
  }

  #endpoints({ id, sources, streams }: Session): media.Session {
    const endpoint = (leg: Leg, side: SideName): media.Endpoint => {
      const { port } = leg.pair;
      return { host: this.#hostFor(leg, sources[side]), port, rtcpPort: port + 1 };
    };
    return {
      session: id,
      toCaller: streams.map(({ caller }) => endpoint(caller, 'caller')),
      toCallee: streams.map(({ callee }) => endpoint(callee, 'callee')),
    };
  }

  /** Of the family that a party has said it is of, or that it signals from as long as it has said nothing. */
  #hostFor({ signalled }: Leg, [source]: readonly number[]): string {
    const advertise = this.#advertised;
    const [first] = advertise as [string];
    const address = signalled?.address ?? source;
    if (address === undefined || advertise.length === 1) return first;
    const isSix = isIPv6(formatAddress(address));
    return advertise.find((host) => isIPv6(host) === isSix) ?? first;
  }
}

function readSide(side: media.Side): SideName {
  if (side === media.Side.SIDE_CALLER) return 'caller';
  if (side === media.Side.SIDE_CALLEE) return 'callee';
  throw new Fault(mediaCommandInvalid, `side: ${side}`);
}

function silenceOf({ id, call, inactivity }: Session): media.Report {
  return { session: id, call, report: { $case: 'silent', value: { seconds: inactivity / 1000 } } };
}

// A call that is up may move to behind a NAT that others here are behind: it is told from those that have latched, and
// latches to nothing while it could be mistaken for one that has not.
function isAmbiguous(leg: Leg, said: Signalled): boolean {
  const expectations = leg.expectationsAfter(said);
  return leg.described ? leg.pair.claims(expectations, leg) : leg.pair.confuses(expectations, leg);
}
