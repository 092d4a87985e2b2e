import type { Log, TokenKey, TrunkSightings } from '@tandem/platform';
import type { ServerTransaction, SipResponse, TransactionFailure, TransactionLayer } from '@tandem/sip';
import type { Anchors } from './anchor.ts';
import type { Calls } from './calls.ts';
import type { Counters } from './counters.ts';
import type { Guard } from './guard/guard.ts';
import type { KeepAlive } from './keep-alive/keep-alive.ts';
import type { Ladder } from './ladder/ladder.ts';
import type { Load } from './load/load.ts';
import type { Locator } from './locate.ts';
import type { MediaMoves } from './moves/media-moves.ts';
import type { Neighbours } from './neighbours.ts';
import type { OwnNames } from './own-names.ts';
import type { Probes } from './probes.ts';
import type { CallRecords } from './records/call-records.ts';
import type { RefusedCalls } from './refused-calls.ts';
import type { Flow } from './socket/flow.ts';
import type { CallTracing } from './tracing/call-tracing.ts';
import type { RouterLink } from './uses/router.ts';
import type { Workers } from './uses/workers.ts';

/** Who answers a request that has arrived. */
export interface ServerUser {
  /** The caller has cancelled; `reason` is the value of its Reason header. */
  cancel(reason: string | undefined): void;
}

/** Who hears of a request that was sent. */
export interface ClientUser {
  response(response: SipResponse): void;
  failed(cause: TransactionFailure): void;
}

type Layer = TransactionLayer<Flow, ServerUser, ClientUser>;
export type ServerTx = ServerTransaction<Flow, ServerUser>;

/** What the handlers of an edge work with. */
export interface EdgeParts {
  /** This edge's node id. */
  readonly node: string;
  readonly names: OwnNames;
  readonly layer: Layer;
  readonly locator: Locator;
  readonly neighbours: Neighbours;
  readonly router: RouterLink;
  readonly anchors: Anchors;
  readonly workers: Workers;
  readonly records: CallRecords;
  readonly calls: Calls;
  readonly refusedCalls: RefusedCalls;
  readonly moves: MediaMoves;
  readonly counters: Counters;
  readonly keepAlive: KeepAlive;
  readonly guard: Guard;
  readonly load: Load;
  /** Note what passes, when that is wanted. */
  readonly ladder: Ladder | undefined;
  readonly tracing: CallTracing | undefined;
  /** Cuts a connection off. */
  readonly abandon: (flow: Flow) => void;
  readonly sightings: TrunkSightings;
  readonly probes: Probes;
  /** Sends a message that belongs to no transaction. */
  readonly send: (text: string, flow: Flow) => void;
  /** Makes branches that nobody can guess. */
  readonly branchSecret: string;
  /** Seals tokens. */
  readonly tokenKey: TokenKey;
  readonly log: Log;
  /** Milliseconds since 1970, never going back. */
  readonly now: () => number;
}
