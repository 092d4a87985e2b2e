import type { CounterKind, GaugeKind, HistogramKind } from '@tandem/platform';

export const sipMessages: CounterKind = {
  type: 'counter',
  name: 'tandem_sip_messages_total',
  unit: '{message}',
  description: 'SIP messages by direction: received, sent.',
};

export const sipRefused: CounterKind = {
  type: 'counter',
  name: 'tandem_sip_refused_total',
  unit: '{message}',
  description:
    'SIP messages that went no further, by reason: malformed (answered 400 and the like), dropped (not answered), shed (503 for want of room), challenged (asked for credentials).',
};

export const sipTransactions: GaugeKind = {
  type: 'gauge',
  name: 'tandem_sip_transactions',
  unit: '{transaction}',
  description: 'Transactions by kind and state: active, or completed and waiting for retransmissions only.',
};

export const sipConnections: GaugeKind = {
  type: 'gauge',
  name: 'tandem_sip_connections',
  unit: '{connection}',
  description: 'Open connections of the edge, in both directions.',
};

export const callsRinging: GaugeKind = {
  type: 'gauge',
  name: 'tandem_calls_ringing',
  unit: '{call}',
  description: 'Calls of this edge that have no final answer yet.',
};

export const callsAnswered: CounterKind = {
  type: 'counter',
  name: 'tandem_calls_answered_total',
  unit: '{call}',
  description: 'Calls that were answered.',
};

export const callsEnded: CounterKind = {
  type: 'counter',
  name: 'tandem_calls_ended_total',
  unit: '{call}',
  description:
    'Calls that are over, by outcome: success, client_error, server_error, upstream_error, indeterminate.',
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
