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
