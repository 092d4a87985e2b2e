import { isIPv6 } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { media } from '@tandem/contract';
import type { Bus, BusMessage, CallRecord, Subscription } from '@tandem/platform';
import { bareHost, type FaultKind, parseHostPort, tickMs } from '@tandem/sip';
import type { Counters } from './counters.ts';
import type { Dispatcher } from './dispatch.ts';
import type { Resolver } from './dns/resolver.ts';
import { mediaSilent, systemStopped } from './faults.ts';
import type { FlowRelease } from './flow-release.ts';
import type { BanExchange } from './guard/ban-exchange.ts';
import type { Bans } from './guard/bans.ts';
import { hangUp } from './hang-up.ts';
import type { KeepAlive } from './keep-alive/keep-alive.ts';
import type { Takeover } from './keep-alive/takeover.ts';
import type { Load } from './load/load.ts';
import type { MoveTallies } from './moves/media-moves.ts';
import { takeOneWay } from './one-way.ts';
import { lookOutside } from './outside-look.ts';
import { sendOutside } from './outside-request.ts';
import type { EdgeParts } from './parts.ts';
import type { Probes } from './probes.ts';
import type { Adoption } from './records/adoption.ts';
import type { RecordTallies } from './records/call-records.ts';
import type { HandOver } from './records/hand-over.ts';
import type { Places } from './records/places.ts';
import type { SessionExpiry } from './records/session-expiry.ts';
import { type EdgeSettings, readvertise } from './settings.ts';
import type { SetupCall } from './setup-call.ts';
import type { FloatingListeners } from './socket/floating.ts';
import { hostPort } from './socket/flow.ts';
import type { Listener } from './socket/listener.ts';
import type { Sockets } from './socket/sockets.ts';
import type { Certificates } from './socket/tls/certificates.ts';
import { type Transport, transports } from './socket/transport.ts';
import type { OtherEdges } from './uses/edges.ts';
import type { CallEvents } from './uses/events.ts';
import { serveTrunks } from './uses/trunks.ts';

/** Milliseconds that ending all calls may take at a stop. */
const stopDeadline = 3_000;
/** Milliseconds between two looks at what keeps an edge that drains. */
const drainInterval = 100;
/** Milliseconds that transactions may take to end when there is nothing else left. */
const transactionGrace = 5_000;
const nothing = new Uint8Array();
const connectedTransports = transports.filter((each) => each !== 'udp');

/** Numbers of the moment. */
export interface EdgeStatus {
  readonly counters: Readonly<Counters>;
  readonly transactions: EdgeParts['layer']['tallies'];
  /** Requests that had come before. */
  readonly repeated: number;
  /** By transport. */
  readonly connections: readonly (readonly [Transport, number])[];
  /** Connections of which nothing whole has come yet. */
  readonly halfOpen: number;
  /** Connections that were cut off, by why. */
  readonly cutOff: Readonly<Record<'refused' | 'evicted' | 'stalled', number>>;
  /** Milliseconds since 1970 at which the first certificate ends; undefined without TLS. */
  readonly certificateEndMs: number | undefined;
  /** Calls that have no final answer yet. */
  readonly ringing: number;
  /** Calls that this edge looks after. */
  readonly calls: number;
  /** Records that are to be written yet, and what was counted of them. */
  readonly waiting: number;
  readonly records: Readonly<RecordTallies>;
  /** How busy it is, what it lets in, and what it has refused. */
  readonly load: Pick<Load, 'occupancy' | 'admitted' | 'shed'>;
  /** Bans in force, and those that were decided here. */
  readonly bans: { readonly inForce: number; readonly decided: Bans['decided'] };
  /** What became of calls whose media was to be moved. */
  readonly moves: Readonly<MoveTallies>;
  /** Phones behind NATs that are asked whether they are there, and what became of that. */
  readonly keepAlive: KeepAlive['counts'] & { readonly tallies: Readonly<KeepAlive['tallies']> };
  /** What became of names that were looked up, how many are known, and how many targets have failed lately. */
  readonly names: Resolver['counters'] & { readonly known: number; readonly avoided: number };
}

/** What stands beside the dispatcher. */
export interface EdgeServices {
  readonly bus: Bus;
  readonly region: string;
  readonly edges: OtherEdges;
  readonly events: CallEvents;
  readonly adoption: Adoption;
  readonly handOver: HandOver;
  readonly flowRelease: FlowRelease;
  readonly exchange: BanExchange;
  readonly places: Places;
  readonly takeover: Takeover;
  readonly sessionExpiry: SessionExpiry;
}

/** What tells this life of an edge from others, what follows its addresses, and where it looks up those of others. */
export interface OwnPlace {
  readonly startedMs: number;
  readonly floating: FloatingListeners;
  readonly resolver: Resolver;
  readonly certificates: Certificates | undefined;
  /** Where the other edges reach a listener. */
  readonly inside: (listener: Listener) => string;
  /** Milliseconds that it goes on with everything when it drains. */
  readonly drainNoticeMs: number;
}

/** An edge at work. */
export class Edge {
  readonly #parts: EdgeParts;
  readonly #dispatcher: Dispatcher;
  readonly #sockets: Sockets;
  readonly #services: EdgeServices;
  readonly #tick: NodeJS.Timeout;
  readonly #own: OwnPlace;
  readonly #subscriptions: readonly Subscription[];
  #drained: Promise<void> | undefined;
  #isStopped = false;

  constructor(
    parts: EdgeParts,
    dispatcher: Dispatcher,
    sockets: Sockets,
    services: EdgeServices,
    own: OwnPlace,
  ) {
    this.#parts = parts;
    this.#dispatcher = dispatcher;
    this.#sockets = sockets;
    this.#services = services;
    this.#own = own;
    this.#tick = setInterval(() => parts.layer.advance(parts.now()), tickMs);
    this.#subscriptions = this.#subscribe();
    parts.guard.bans.start();
    parts.load.start();
    services.exchange.start();
    services.adoption.start();
    services.places.start();
    services.takeover.start();
    services.sessionExpiry.start();
    parts.moves.start();
  }

  /** This edge's node id. */
  get node(): string {
    return this.#parts.node;
  }

  /** Names and addresses that reach this edge. */
  get ownHosts(): readonly string[] {
    return this.#parts.names.hosts;
  }

  get listeners(): Listener[] {
    return this.#sockets.listeners;
  }

  /** For its announcement: what the numbers of its connections begin after. */
  get startedMs(): number {
    return this.#own.startedMs;
  }

  /** For its announcement: where the other edges reach it, and it alone. */
  get addresses(): Readonly<Record<string, string>> {
    const own = this.listeners.filter(({ floating }) => !floating);
    const [six, four] = [own.filter(({ host }) => isIPv6(host)), own.filter(({ host }) => !isIPv6(host))];
    const isSpokenByFour = (transport: Transport): boolean =>
      four.some((each) => each.transport === transport);
    const named = [...four, ...six].map((listener) => {
      const { host, transport } = listener;
      const isSecond = isIPv6(host) && isSpokenByFour(transport);
      return [isSecond ? `sip+${transport}+6` : `sip+${transport}`, this.#own.inside(listener)] as const;
    });
    return Object.fromEntries(named.toReversed());
  }

  /** Says from now on of its listeners what has been found anew; what they were called before still leads here. */
  advertise(naming: Pick<EdgeSettings, 'sipAdvertise' | 'sipShared'>): void {
    for (const listener of this.#own.floating.moving) readvertise(listener, naming);
    for (const listener of this.listeners) {
      readvertise(listener, naming);
      this.#parts.names.add(listener);
    }
  }

  /** Where phones and carriers are told to send SIP: `udp://203.0.113.5:5060`. */
  get advertised(): readonly string[] {
    const all = this.listeners.flatMap(({ advertised, port, shared, transport }) => {
      const named = shared === undefined ? undefined : parseHostPort(shared);
      const everybodys = named && `${transport}://${hostPort(bareHost(named.host), named.port ?? port)}`;
      return [`${transport}://${advertised}`, ...(everybodys === undefined ? [] : [everybodys])];
    });
    return [...new Set(all)];
  }

  /** Notes what comes with a token: for a doctor. */
  get probes(): Pick<Probes, 'begin' | 'seen'> {
    return this.#parts.probes;
  }

  get status(): EdgeStatus {
    const { calls, counters, guard, keepAlive, layer, load, locator, moves, records } = this.#parts;
    const { resolver } = this.#own;
    const { halfOpen, refused, stalled } = this.#sockets.limits;
    return {
      counters,
      transactions: layer.tallies,
      repeated: layer.repeated,
      connections: connectedTransports.map((each) => [each, this.#sockets.connections(each)]),
      halfOpen: halfOpen.size,
      cutOff: { refused, evicted: halfOpen.evicted, stalled },
      certificateEndMs: this.#own.certificates?.endMs,
      ...calls.totals,
      calls: records.own.size,
      waiting: records.waiting,
      records: records.tallies,
      load,
      bans: { inForce: guard.bans.size, decided: guard.bans.decided },
      moves: moves.tallies,
      keepAlive: { ...keepAlive.counts, tallies: keepAlive.tallies },
      names: { ...resolver.counters, known: resolver.size, avoided: locator.avoided.size },
    };
  }

  /** The calls that it looks after; while it drains also the connections of phones. */
  get load(): number {
    const { size } = this.#parts.records.own;
    return this.#drained ? size + this.#services.flowRelease.left : size;
  }

  /** What it has given away while it drained. */
  get given(): Readonly<Record<'calls' | 'connections', number>> {
    const { flowRelease, handOver } = this.#services;
    return { calls: handOver.given, connections: flowRelease.released };
  }

  /** Calls of this edge that nobody has answered yet. */
  get setups(): Iterable<SetupCall> {
    return this.#parts.calls.setups;
  }

  /** The calls that this edge looks after, for when the store is away. */
  get calls(): Iterable<CallRecord> {
    return this.#parts.records.own.records();
  }

  /**
   * Gives away what it has. Those who send it calls have a while to notice; then it takes no new ones, and no
   * registrations. Resolves when others have all that was here, and it can be stopped.
   */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  /** Refuses new calls, gives those that go on to other edges, ends them when there are none, and closes the sockets. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#services.adoption.stop();
    this.#services.sessionExpiry.stop();
    this.#parts.moves.stop();
    this.#parts.records.custody.end();
    await Promise.race([this.#endCalls(), delay(stopDeadline, undefined, { ref: false })]);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#services.places.stop();
    await this.#services.takeover.stop();
    this.#parts.keepAlive.close();
    this.#services.exchange.stop();
    this.#parts.guard.bans.stop();
    this.#parts.load.stop();
    clearInterval(this.#tick);
    await this.#own.floating.stop();
    this.#own.resolver.close();
    this.#own.certificates?.close();
    this.#parts.neighbours.close();
    await this.#sockets.close();
    this.#parts.ladder?.close();
  }

  #subscribe(): Subscription[] {
    const { bus, edges, events, handOver, region } = this.#services;
    const { calls, log, node } = this.#parts;
    const report = (message: BusMessage): void => {
      this.#reported(message).catch((err: unknown) => log.warn({ err }, 'a silent call was not ended'));
    };
    const oneWay = (message: BusMessage): void => {
      takeOneWay({ ...this.#parts, events }, message.payload)
        .then((answer) => message.respond(answer))
        .catch((err: unknown) => log.debug({ err }, 'a side that is not heard could not be told of'));
    };
    return [
      bus.subscribe(`tandem.${region}.edge.report`, report, { queue: 'edges' }),
      bus.subscribe(`tandem.${region}.edge.one-way`, oneWay, { queue: 'edges' }),
      edges.serve({
        gone: (ids) => calls.gone(ids),
        end: (call, end) => calls.endFor(call, end),
        take: (from, ids) => handOver.take(from, ids),
      }),
      ...serveTrunks(
        { bus, region, node, log },
        {
          send: (ask) => sendOutside(this.#parts, ask),
          look: (look) => lookOutside(this.#parts, look),
        },
      ),
    ];
  }

  /** A report that is not answered is repeated, and may reach another edge then. */
  async #reported({ payload, respond }: BusMessage): Promise<void> {
    const { call, session } = media.Report.decode(payload);
    const { anchors, records } = this.#parts;
    const record = await records.read(call);
    respond(nothing);
    // Its edge has died before it could write the call down, or the media has been moved.
    if (record?.mediaSession !== session) await anchors.close(session);
    else if (record.state === 'answered') await this.#hangUp(call, mediaSilent);
  }

  async #drain(): Promise<void> {
    const { now } = this.#parts;
    this.#services.adoption.stop();
    await this.#giveUntil(now() + this.#own.drainNoticeMs);
    this.#dispatcher.drain();
    this.#services.flowRelease.begin();
    let idleSince = now();
    while (!this.#isStopped && now() - idleSince < transactionGrace) {
      await this.#services.handOver.giveAll();
      const connections = await this.#services.flowRelease.advance();
      const { calls, ringing, transactions } = this.status;
      if (calls + ringing + connections > 0) idleSince = now();
      else if (Object.values(transactions).every(({ active }) => active === 0)) return;
      await delay(drainInterval, undefined, { ref: false });
    }
  }

  /** What stands before this edge has not noticed yet: all goes on, but for the calls that others can have. */
  async #giveUntil(moment: number): Promise<void> {
    while (!this.#isStopped && this.#parts.now() < moment) {
      await this.#services.handOver.giveAll();
      await delay(drainInterval, undefined, { ref: false });
    }
  }

  async #endCalls(): Promise<void> {
    const { handOver } = this.#services;
    const goOn = handOver.isPossible;
    await Promise.all([this.#dispatcher.stop(), goOn ? handOver.giveAll() : this.#hangUpAll()]);
    await this.#parts.calls.settled();
  }

  async #hangUpAll(): Promise<void> {
    const answered = Array.from(this.calls).filter(({ state }) => state === 'answered');
    await Promise.all(answered.map(({ id }) => this.#hangUp(id, systemStopped)));
  }

  async #hangUp(call: string, fault: FaultKind): Promise<void> {
    try {
      await hangUp(this.#parts, call, fault);
    } catch (err) {
      this.#parts.log.error({ callId: call, err }, 'a call was not ended');
    }
  }
}
