import type { CounterKind, GaugeKind } from './telemetry/kind.ts';

export const eventLoopDelay: GaugeKind = {
  type: 'gauge',
  name: 'tandem_event_loop_delay_seconds',
  unit: 's',
  description: 'How late the event loop was since the last scrape, by quantile; 1 is the longest delay.',
};

export const memory: GaugeKind = {
  type: 'gauge',
  name: 'tandem_memory_bytes',
  unit: 'By',
  description: 'Memory of the process by area: rss, heap_total, heap_used, external (buffers included).',
};

export const receiveBufferErrors: CounterKind = {
  type: 'counter',
  name: 'tandem_udp_receive_buffer_errors_total',
  unit: '{datagram}',
  description: 'Datagrams lost in this network namespace because a receive buffer was full.',
};

export const busMessages: CounterKind = {
  type: 'counter',
  name: 'tandem_bus_messages_total',
  unit: '{message}',
  description:
    'Messages of the bus by event: published, duplicate (an event that was known, not delivered again), delivered, dropped (a queue was full), failed (the subscriber threw), queued (an event that had to wait for the bus), repeated (an event published again because nobody acknowledged it), discarded (no event, and the bus was away).',
};

export const busConnected: GaugeKind = {
  type: 'gauge',
  name: 'tandem_bus_connected',
  unit: '1',
  description: 'Whether this process is connected to the bus: 1 or 0.',
};

export const busQueue: GaugeKind = {
  type: 'gauge',
  name: 'tandem_bus_queue_messages',
  unit: '{message}',
  description: 'Events that the bus has not acknowledged yet.',
};

export const etcdConnected: GaugeKind = {
  type: 'gauge',
  name: 'tandem_etcd_connected',
  unit: '1',
  description: '1 while etcd answers, otherwise 0.',
};

export const etcdFailures: CounterKind = {
  type: 'counter',
  name: 'tandem_etcd_failures_total',
  unit: '{call}',
  description: 'Calls of etcd that failed, by result: unavailable (no answer in time), refused.',
};

export const members: GaugeKind = {
  type: 'gauge',
  name: 'tandem_members',
  unit: '{node}',
  description: 'Nodes that are alive as far as this one knows, itself included, by tier and state.',
};

export const drainLeft: GaugeKind = {
  type: 'gauge',
  name: 'tandem_drain_left',
  unit: '{item}',
  description:
    'What this node still has since it drains, by tier: calls and connections of an edge, sessions of a media worker, decisions in flight of a router, trunks of a trunk node; 0 before that.',
};

export const membershipEvents: CounterKind = {
  type: 'counter',
  name: 'tandem_membership_events_total',
  unit: '{event}',
  description:
    'What happened among the nodes by event: joined, left, died, asked (a silent node was asked), unreadable (a message that is none of ours), blind (this node could judge nobody).',
};

export const redisConnected: GaugeKind = {
  type: 'gauge',
  name: 'tandem_redis_connected',
  unit: '1',
  description: 'Whether Redis is connected: 1 when every key can be asked for, else 0.',
};

export const redisFailures: CounterKind = {
  type: 'counter',
  name: 'tandem_redis_failures_total',
  unit: '{command}',
  description: 'Commands to Redis that failed, by operation.',
};

export const redisSubstitutions: CounterKind = {
  type: 'counter',
  name: 'tandem_redis_substitutions_total',
  unit: '{operation}',
  description:
    'What was done without Redis while it was away, by operation: lookup (bindings of the last minute), claim (of a nonce, by the counts of this process alone).',
};

export const spans: CounterKind = {
  type: 'counter',
  name: 'tandem_spans_total',
  unit: '{span}',
  description:
    'Spans of traces, by event: ended, and of those exported or failed (the collector did not take them); what is missing waits, or was dropped because too many waited. Only with OTEL_EXPORTER_OTLP_ENDPOINT.',
};
