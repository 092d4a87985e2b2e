import type { GaugeKind } from '@tandem/platform';

export const trunksOwned: GaugeKind = {
  type: 'gauge',
  name: 'tandem_trunks',
  unit: '{trunk}',
  description: 'Trunks that this node looks after.',
};

export const trunkConditions: GaugeKind = {
  type: 'gauge',
  name: 'tandem_trunk_condition',
  unit: '{trunk}',
  description:
    'Trunks that this node looks after, by condition (Ready, Endpoint, Contacts, Auth, Identify, Registered, InboundVerified) and status (true, false, unknown).',
};

export const trunkContacts: GaugeKind = {
  type: 'gauge',
  name: 'tandem_trunk_contacts',
  unit: '{contact}',
  description: 'Contacts of trunks that are asked whether they are there, by state: up, down, unknown.',
};
