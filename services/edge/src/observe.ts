import type { Metrics } from '@tandem/platform';
import type { Counters } from './counters.ts';
import type { Edge } from './edge.ts';
import {
  bans,
  bansDecided,
  callsRinging,
  certificateEnd,
  dnsLookups,
  dnsNames,
  edgeAdmitted,
  edgeOccupancy,
  keepAlives,
  mediaMoves,
  phonesKept,
  recordsWaiting,
  recordWrites,
  registrations,
  sipConnections,
  sipCutOff,
  sipHalfOpen,
  sipMessages,
  sipRefused,
  sipRelayed,
  sipRepeated,
  sipShed,
  sipTransactions,
  targetsAvoided,
} from './metrics.ts';

const refusals = [
  ...['malformed', 'dropped', 'shed', 'challenged'],
  ...['banned', 'flooded', 'scanners', 'limited', 'strangers'],
] as const satisfies readonly (keyof Counters)[];

/** Reports what an edge counts, when a scrape asks. */
export function observeEdge(metrics: Metrics, edge: Edge): void {
  metrics.observe(sipMessages, (report) => {
    const { received, sent } = edge.status.counters;
    for (const [direction, counts] of Object.entries({ received, sent }))
      for (const [transport, count] of Object.entries(counts)) report(count, { direction, transport });
  });
  metrics.observe(sipRefused, (report) => {
    for (const reason of refusals) report(edge.status.counters[reason], { reason });
  });
  metrics.observe(sipRelayed, (report) => {
    const { relayed, handedOver } = edge.status.counters;
    report(relayed, { kind: 'request' });
    report(handedOver, { kind: 'response' });
  });
  metrics.observe(sipTransactions, (report) => {
    for (const [kind, { active, completed }] of Object.entries(edge.status.transactions)) {
      report(active, { kind, state: 'active' });
      report(completed, { kind, state: 'completed' });
    }
  });
  metrics.observe(sipRepeated, (report) => report(edge.status.repeated));
  metrics.observe(sipShed, (report) => {
    for (const [reason, count] of Object.entries(edge.status.load.shed)) report(count, { reason });
  });
  metrics.observe(edgeOccupancy, (report) => report(edge.status.load.occupancy));
  metrics.observe(edgeAdmitted, (report) => report(edge.status.load.admitted));
  metrics.observe(phonesKept, (report) => {
    const { kept, silent } = edge.status.keepAlive;
    report(kept - silent, { state: 'answering' });
    report(silent, { state: 'silent' });
  });
  metrics.observe(keepAlives, (report) => {
    for (const [fate, count] of Object.entries(edge.status.keepAlive.tallies)) report(count, { fate });
  });
  metrics.observe(bans, (report) => report(edge.status.bans.inForce));
  metrics.observe(bansDecided, (report) => {
    for (const [policy, count] of Object.entries(edge.status.bans.decided)) report(count, { policy });
  });
  metrics.observe(sipConnections, (report) => {
    for (const [transport, count] of edge.status.connections) report(count, { transport });
  });
  metrics.observe(sipHalfOpen, (report) => report(edge.status.halfOpen));
  metrics.observe(sipCutOff, (report) => {
    for (const [reason, count] of Object.entries(edge.status.cutOff)) report(count, { reason });
  });
  metrics.observe(certificateEnd, (report) => {
    const { certificateEndMs } = edge.status;
    if (certificateEndMs !== undefined) report(certificateEndMs / 1_000);
  });
  metrics.observe(callsRinging, (report) => report(edge.status.ringing));
  metrics.observe(recordsWaiting, (report) => report(edge.status.waiting));
  metrics.observe(recordWrites, (report) => {
    for (const [event, count] of Object.entries(edge.status.records)) report(count, { event });
  });
  metrics.observe(mediaMoves, (report) => {
    for (const [outcome, count] of Object.entries(edge.status.moves)) report(count, { outcome });
  });
  metrics.observe(dnsLookups, (report) => {
    const { cached, stale, asked, failed } = edge.status.names;
    for (const [result, count] of Object.entries({ cached, stale, asked, failed })) report(count, { result });
  });
  metrics.observe(dnsNames, (report) => report(edge.status.names.known));
  metrics.observe(targetsAvoided, (report) => report(edge.status.names.avoided));
  metrics.observe(registrations, (report) => report(edge.status.counters.registered));
}
