import type { CounterKind, GaugeKind, HistogramKind } from '@tandem/platform';

export const storeTime: HistogramKind = {
  type: 'histogram',
  name: 'tandem_store_seconds',
  unit: 's',
  description:
    "How long a store took to answer a router, by operation: lookup (where a user is), update (of a registration), claim (of a nonce), acquire and release (of a call's place in limits).",
  buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1],
};

export const registeredUsers: GaugeKind = {
  type: 'gauge',
  name: 'tandem_registered_users',
  unit: '{user}',
  description: 'Users that have a phone registered.',
};

export const limitsUnchecked: CounterKind = {
  type: 'counter',
  name: 'tandem_limits_unchecked_total',
  unit: '{call}',
  description: 'Calls that went on though their limits could not be checked: the store was away.',
};

export const verdicts: CounterKind = {
  type: 'counter',
  name: 'tandem_verdicts_total',
  unit: '{request}',
  description:
    'What a router said to requests, by verdict: challenge, reject, registered, relay; refusals by their fault as well, see errors.md.',
};

export const routerDecisions: CounterKind = {
  type: 'counter',
  name: 'tandem_router_decisions_total',
  unit: '{request}',
  description:
    'Requests of edges by what came of them: decided, overloaded (refused at once, another router is asked), failed (a defect).',
};

export const routerInFlight: GaugeKind = {
  type: 'gauge',
  name: 'tandem_router_requests_in_flight',
  unit: '{request}',
  description: 'Requests that the router is deciding.',
};

export const routerSessions: GaugeKind = {
  type: 'gauge',
  name: 'tandem_router_sessions',
  unit: '{session}',
  description: 'Streams that edges have open to the router.',
};

export const routerBatches: CounterKind = {
  type: 'counter',
  name: 'tandem_router_batches_total',
  unit: '{message}',
  description:
    'Messages on the streams between edges and the router, by direction: received, sent; each carries one or more requests or verdicts.',
};
