import type { CounterKind, GaugeKind } from '@tandem/platform';

export const mediaSessions: GaugeKind = {
  type: 'gauge',
  name: 'tandem_media_sessions',
  unit: '{session}',
  description: 'Calls whose media this worker relays.',
};

export const mediaPorts: GaugeKind = {
  type: 'gauge',
  name: 'tandem_media_port_pairs',
  unit: '{pair}',
  description: 'Open pairs of ports by state: used (by a call, or kept silent after one), free.',
};

export const mediaPortOccupancy: GaugeKind = {
  type: 'gauge',
  name: 'tandem_media_port_occupancy_ratio',
  unit: '1',
  description:
    'The share of the pairs of ports for one leg at a time that are in use: at 1 a leg that cannot share one gets none. The shared ones are in use all the time.',
};

export const mediaPackets: CounterKind = {
  type: 'counter',
  name: 'tandem_media_packets_total',
  unit: '{packet}',
  description:
    'Packets by what became of them: rtp and rtcp (taken from a proven source), refused (malformed, or of a stranger to one call), strange (of a stranger to all), silenced (late, of a call that has ended), withheld (the other side has not proven where it is, or is on hold), unsent (the system could not send them).',
};

export const mediaOctets: CounterKind = {
  type: 'counter',
  name: 'tandem_media_octets_total',
  unit: 'By',
  description: 'Octets of RTP that were taken, headers included.',
};

export const mediaLost: GaugeKind = {
  type: 'gauge',
  name: 'tandem_media_lost_packets',
  unit: '{packet}',
  description:
    'RTP packets since the start whose numbers were left out on the way here. One that comes late is taken back.',
};

export const mediaFailures: CounterKind = {
  type: 'counter',
  name: 'tandem_media_failures_total',
  unit: '{event}',
  description:
    'What went wrong, by reason: exhausted (no port for a call), abandoned (nobody closed a session).',
};
