import type { FaultKind } from '@tandem/sip';

export const callStalled: FaultKind = {
  code: 'call-stalled',
  status: 0,
  outcome: 'server_error',
  meaning: 'A step of the test call did not come in time.',
  hint: 'The detail names the step; look at the logs of the edge for the Call-ID.',
};

export const systemSilent: FaultKind = {
  code: 'system-silent',
  status: 0,
  outcome: 'client_error',
  meaning: 'Nothing answers SIP at the address.',
  hint: 'Start a system with `tandem up`, or name its address with --target.',
};

export const secretMissing: FaultKind = {
  code: 'secret-missing',
  status: 0,
  outcome: 'client_error',
  meaning: 'The cluster secret is not known, from which the users of the test call are derived.',
  hint: 'Set TANDEM_CLUSTER_SECRET, or name the data folder of the running system with --data.',
};
