import type { CounterKind, GaugeKind, HistogramKind } from '@tandem/platform';

export const sipMessages: CounterKind = {
  type: 'counter',
  name: 'tandem_sip_messages_total',
  unit: '{message}',
  description: 'SIP messages by direction (received, sent) and by transport: udp, tcp, tls, ws, wss.',
};

export const sipRefused: CounterKind = {
  type: 'counter',
  name: 'tandem_sip_refused_total',
  unit: '{message}',
  description:
    'SIP messages that went no further, by reason: malformed (answered 400 and the like), dropped (not answered), shed (503 for want of room), challenged (asked for credentials), banned (from a source that is banned; connections, too), flooded (more than a source may send of anything: not even read), scanners (from who calls itself one: dropped), limited (503: more requests than a source may send), strangers (from who has not answered its challenges: dropped, 503 over a connection).',
};

export const sipShed: CounterKind = {
  type: 'counter',
  name: 'tandem_sip_shed_total',
  unit: '{request}',
  description:
    'Requests that were answered 503 because the edge could not do more, by what was short: processor (its thread), lag (the machine), transactions, router (verdicts take too long).',
};

export const edgeOccupancy: GaugeKind = {
  type: 'gauge',
  name: 'tandem_edge_occupancy_ratio',
  unit: '1',
  description: 'How much of what it can do the edge does, by what is shortest: 1 is all of it.',
};

export const edgeAdmitted: GaugeKind = {
  type: 'gauge',
  name: 'tandem_edge_admitted_ratio',
  unit: '1',
  description:
    'The share of new calls that the edge lets in: below 1 it refuses some to do the others in time.',
};

export const bans: GaugeKind = {
  type: 'gauge',
  name: 'tandem_bans',
  unit: '{source}',
  description: 'Sources that are banned, as this edge knows them: the same on all edges.',
};

export const bansDecided: CounterKind = {
  type: 'counter',
  name: 'tandem_bans_total',
  unit: '{source}',
  description:
    'Bans that this edge decided, by policy: scanner, credentials, strangers, malformed, operator.',
};

export const sipRelayed: CounterKind = {
  type: 'counter',
  name: 'tandem_sip_relayed_total',
  unit: '{message}',
  description:
    'SIP messages of other edges that were sent on, by kind: request (over a flow of this edge), response (to the edge that waits for it).',
};

export const registrations: CounterKind = {
  type: 'counter',
  name: 'tandem_registrations_total',
  unit: '{request}',
  description: 'REGISTER requests that were answered 200: registrations, refreshes, removals and queries.',
};

export const sipTransactions: GaugeKind = {
  type: 'gauge',
  name: 'tandem_sip_transactions',
  unit: '{transaction}',
  description: 'Transactions by kind and state: active, or completed and waiting for retransmissions only.',
};

export const sipRepeated: CounterKind = {
  type: 'counter',
  name: 'tandem_sip_retransmissions_total',
  unit: '{request}',
  description:
    'Requests that had come before: their transaction answers them, and nothing else hears of them.',
};

export const sipConnections: GaugeKind = {
  type: 'gauge',
  name: 'tandem_sip_connections',
  unit: '{connection}',
  description: 'Open connections of the edge, in both directions, by transport: tcp, tls, ws, wss.',
};

export const sipHalfOpen: GaugeKind = {
  type: 'gauge',
  name: 'tandem_sip_connections_half_open',
  unit: '{connection}',
  description:
    'Connections of peers that have not said anything whole yet, or whose TLS handshake is under way.',
};

export const sipCutOff: CounterKind = {
  type: 'counter',
  name: 'tandem_sip_connections_cut_off_total',
  unit: '{connection}',
  description:
    'Connections that the edge has cut off, by reason: refused (there were too many, or their source is banned), evicted (half-open, to make room for another), stalled (the peer did not read).',
};

export const certificateEnd: GaugeKind = {
  type: 'gauge',
  name: 'tandem_tls_certificate_end_timestamp_seconds',
  unit: 's',
  description:
    'When the first of the certificates of the edge ends, in seconds since 1970; absent without TLS.',
};

export const phonesKept: GaugeKind = {
  type: 'gauge',
  name: 'tandem_phones_kept_alive',
  unit: '{phone}',
  description:
    'Phones behind NATs that this edge asks over UDP whether they are there, by state: answering, silent.',
};

export const keepAlives: CounterKind = {
  type: 'counter',
  name: 'tandem_keep_alives_total',
  unit: '{question}',
  description:
    'Questions to phones behind NATs, by fate: asked, answered, missed (no answer before the next one), spared (the phone had sent a keep-alive itself).',
};

export const callsRinging: GaugeKind = {
  type: 'gauge',
  name: 'tandem_calls_ringing',
  unit: '{call}',
  description: 'Calls of this edge that have no final answer yet.',
};

export const callsStarted: CounterKind = {
  type: 'counter',
  name: 'tandem_calls_started_total',
  unit: '{call}',
  description: 'Calls that a router let through, by tenant.',
};

export const callsAnswered: CounterKind = {
  type: 'counter',
  name: 'tandem_calls_answered_total',
  unit: '{call}',
  description: 'Calls that were answered, by tenant.',
};

export const callFailures: CounterKind = {
  type: 'counter',
  name: 'tandem_call_failures_total',
  unit: '{call}',
  description:
    'Calls that something broke, refused ones and those that go on degraded included, by layer and object, see docs/diagnosis.md. An object is `Trunk/name@tenant`, and its kind alone for anything else; above 200 objects it is `*`.',
};

export const callsEnded: CounterKind = {
  type: 'counter',
  name: 'tandem_calls_ended_total',
  unit: '{call}',
  description:
    'Calls that are over, by tenant and by outcome: success, client_error, server_error, upstream_error, indeterminate. An edge counts those that it ended, whoever began them.',
};

export const callsActive: GaugeKind = {
  type: 'gauge',
  name: 'tandem_calls_active',
  unit: '{call}',
  description:
    'Calls that this edge looks after, by tenant: those of edges that have died or were drained included.',
};

export const callDuration: HistogramKind = {
  type: 'histogram',
  name: 'tandem_call_duration_seconds',
  unit: 's',
  description: 'From the answer to the end of calls that were answered.',
  buckets: [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400],
};

export const callLoss: HistogramKind = {
  type: 'histogram',
  name: 'tandem_call_loss_ratio',
  unit: '1',
  description:
    'RTP packets that were lost on the way here, of all that were sent, for each call at its end, by who sent them: caller, callee.',
  buckets: [0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
};

export const callJitter: HistogramKind = {
  type: 'histogram',
  name: 'tandem_call_jitter_seconds',
  unit: 's',
  description:
    'Interarrival jitter of RTP (RFC 3550) for each call at its end, by who sent it: caller, callee.',
  buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2],
};

export const recordsWaiting: GaugeKind = {
  type: 'gauge',
  name: 'tandem_call_records_waiting',
  unit: '{record}',
  description:
    'Records of calls whose last change is not in the store yet: what a crash of the edge would lose.',
};

export const recordWrites: CounterKind = {
  type: 'counter',
  name: 'tandem_call_records_total',
  unit: '{event}',
  description:
    'What became of changes to records of calls: written, failed (the store went away; they wait), dropped (too many waited, or for too long), refused (too large, or no room in the store), restored (the store had lost them).',
};

export const mediaMoves: CounterKind = {
  type: 'counter',
  name: 'tandem_media_moves_total',
  unit: '{call}',
  description:
    'Calls whose media was to be moved to another worker, by outcome: moved, refused (by a party, which keeps what it has), lost (a party did not know the call any more), over (nothing was left to move), unfit (a party has not said where it is), failed (no worker took it).',
};

export const mediaMoveTime: HistogramKind = {
  type: 'histogram',
  name: 'tandem_media_move_seconds',
  unit: 's',
  description: 'From when a worker is known to be gone until both parties of a call have taken another one.',
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
};

export const callSetup: HistogramKind = {
  type: 'histogram',
  name: 'tandem_call_setup_seconds',
  unit: 's',
  description: 'From the INVITE to the first that is heard of the callee, ringing or an answer.',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
};

export const routersConnected: GaugeKind = {
  type: 'gauge',
  name: 'tandem_routers_connected',
  unit: '{router}',
  description:
    'Routers that the edge has a stream to, by state: serving, draining, silent (has not answered lately).',
};

export const routerRequests: CounterKind = {
  type: 'counter',
  name: 'tandem_router_requests_total',
  unit: '{request}',
  description:
    'Requests for a verdict, by event: answered, retried (another router was asked), timed_out (a router was too slow), declined (a router had no room, or a defect), failed (there was no verdict: 503), shed (too many waited: 503).',
};

export const routerDecision: HistogramKind = {
  type: 'histogram',
  name: 'tandem_router_decision_seconds',
  unit: 's',
  description: 'From the question of an edge to the verdict, retries included.',
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
};

export const routerBatchRequests: HistogramKind = {
  type: 'histogram',
  name: 'tandem_router_batch_requests',
  unit: '{request}',
  description: 'Requests that one message to a router carried.',
  buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
};

export const routerEndedConnections: CounterKind = {
  type: 'counter',
  name: 'tandem_router_ended_connections_total',
  unit: '{connection}',
  description:
    'Connections that have ended, by what came of telling a router: told, repeated (told again), dropped (too many waited, or for too long).',
};

export const traceBatches: CounterKind = {
  type: 'counter',
  name: 'tandem_trace_batches_total',
  unit: '{batch}',
  description:
    'What was seen of calls for `tandem trace`, by fate: published (about two batches a call), withheld (of those who were refused, above 50 a second), failed (the bus did not take it), full (messages that were left out for want of room).',
};

export const tracePending: GaugeKind = {
  type: 'gauge',
  name: 'tandem_trace_pending_calls',
  unit: '{call}',
  description: 'Calls of which something was seen in the last moments that `tandem trace` does not show yet.',
};

export const dnsLookups: CounterKind = {
  type: 'counter',
  name: 'tandem_dns_lookups_total',
  unit: '{question}',
  description:
    'Questions to DNS by result: cached (known when it was needed), stale (expired, and used because no resolver answers), asked (of a resolver), failed (no resolver could say).',
};

export const dnsTime: HistogramKind = {
  type: 'histogram',
  name: 'tandem_dns_seconds',
  unit: 's',
  description: 'From a question to DNS to its answer, for those that resolvers were asked and did answer.',
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
};

export const dnsNames: GaugeKind = {
  type: 'gauge',
  name: 'tandem_dns_names',
  unit: '{question}',
  description: 'Answers of DNS that are kept, expired ones included.',
};

export const targetsAvoided: GaugeKind = {
  type: 'gauge',
  name: 'tandem_sip_targets_avoided',
  unit: '{target}',
  description:
    'Addresses behind names with several of them that have failed and not answered since: others are tried first.',
};
