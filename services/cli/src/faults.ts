import type { FaultKind } from '@tandem/sip';

export const systemUnreachable: FaultKind = {
  code: 'system-unreachable',
  status: 0,
  outcome: 'client_error',
  meaning: 'No running Tandem answers at the HTTP address.',
  hint: 'Start one with `tandem up`, or say where it is with --http-listen or TANDEM_HTTP_LISTEN.',
};

export const argumentInvalid: FaultKind = {
  code: 'argument-invalid',
  status: 0,
  outcome: 'client_error',
  meaning: 'An argument of a command cannot be understood.',
  hint: 'The detail names it; see --help of the command.',
};
