import type { FaultKind } from '@tandem/sip';

export * from './chaos/faults.ts';
export * from './doctor/faults.ts';
export * from './phone/faults.ts';

export const systemUnreachable: FaultKind = {
  code: 'system-unreachable',
  status: 0,
  outcome: 'client_error',
  meaning: 'No running Tandem answers at the HTTP address.',
  hint: 'Start one with `tandem up`, or say where it is with --http-listen or TANDEM_HTTP_LISTEN.',
};

export const dataUnusable: FaultKind = {
  code: 'data-unusable',
  status: 0,
  outcome: 'client_error',
  meaning: 'The folder for what a node keeps over a restart cannot be written to.',
  hint: 'Say by --data or TANDEM_DATA where else it may be, or let the user of the process write there.',
};

export const argumentInvalid: FaultKind = {
  code: 'argument-invalid',
  status: 0,
  outcome: 'client_error',
  meaning: 'An argument of a command cannot be understood.',
  hint: 'The detail names it; see --help of the command.',
};

export const nodeUnknown: FaultKind = {
  code: 'node-unknown',
  status: 0,
  outcome: 'client_error',
  meaning: 'No node of that name is in the cluster, or it does not answer.',
  hint: '`tandem nodes` lists them; where two tiers have a node of the same name, say --tier.',
};

export const backingNeeded: FaultKind = {
  code: 'backing-needed',
  status: 0,
  outcome: 'client_error',
  meaning: 'A tier in a process of its own needs servers that it shares with the others.',
  hint: 'Set the variable that the detail names; `tandem up` runs all tiers in one process without any server.',
};

export const drainOverdue: FaultKind = {
  code: 'drain-overdue',
  status: 0,
  outcome: 'indeterminate',
  meaning: 'A node that drains still has something after the time that was given; it goes on draining.',
  hint: 'Ask again with a longer --timeout, or look at what is left by `tandem calls`.',
};

export const routingElsewhere: FaultKind = {
  code: 'routing-elsewhere',
  status: 0,
  outcome: 'client_error',
  meaning: 'The node that was asked for the verdict on a call does not decide about calls: routers do.',
  hint: 'Ask a router by --http-listen or TANDEM_HTTP_LISTEN; the detail names those that are there.',
};

export const configurationElsewhere: FaultKind = {
  code: 'configuration-elsewhere',
  status: 0,
  outcome: 'client_error',
  meaning: 'No etcd is named, so the configuration is a folder of files.',
  hint: 'Edit the files, or name the servers by --etcd-url or TANDEM_ETCD_URL.',
};

export const backupUnusable: FaultKind = {
  code: 'backup-unusable',
  status: 0,
  outcome: 'client_error',
  meaning: 'A backup of the configuration cannot be written or read, or is not whole. Nothing was changed.',
  hint: 'The detail names the file and the reason; make backups by `tandem export --secrets --file`.',
};

export const resourceUnknown: FaultKind = {
  code: 'resource-unknown',
  status: 0,
  outcome: 'client_error',
  meaning: 'No such resource is stored.',
  hint: 'See what is there with `tandem get`.',
};

export const trunkUnowned: FaultKind = {
  code: 'trunk-unowned',
  status: 0,
  outcome: 'client_error',
  meaning: 'No trunk node looks after a trunk of that name.',
  hint: '`tandem trunks` lists those that somebody looks after, `tandem get Trunk` what is configured; a node takes a new one within seconds.',
};

export const traceUnknown: FaultKind = {
  code: 'trace-unknown',
  status: 0,
  outcome: 'client_error',
  meaning: 'Nothing is known of a call with this id.',
  hint: 'A call is seen half a second after it began, and kept for a day or as long as there is room; see TANDEM_TRACE_LADDER.',
};
