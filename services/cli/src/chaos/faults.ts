import type { FaultKind } from '@tandem/sip';

export const cutImpossible: FaultKind = {
  code: 'cut-impossible',
  status: 0,
  outcome: 'client_error',
  meaning: 'A node cannot be cut off from the others for a while.',
  hint: 'The detail says by what it was tried: iptables needs root, signals the same user, a pod a network of its own.',
};
