import type { FaultKind } from '@tandem/sip';

export const settingInvalid: FaultKind = {
  code: 'setting-invalid',
  status: 0,
  outcome: 'client_error',
  meaning: 'A setting is wrong, missing or unknown; nothing was started.',
  hint: 'The detail names the flag or the environment variable; docs/configuration.md lists all settings.',
};

export const httpUnavailable: FaultKind = {
  code: 'http-unavailable',
  status: 0,
  outcome: 'server_error',
  meaning: 'The address for health, metrics and listings cannot be listened on.',
  hint: 'Most often another process has the port: set TANDEM_HTTP_LISTEN.',
};

export const alreadyStopping: FaultKind = {
  code: 'already-stopping',
  status: 0,
  outcome: 'indeterminate',
  meaning: 'The process was told to stop before it had started everything.',
  hint: 'Nothing to do.',
};

export const stopOverdue: FaultKind = {
  code: 'stop-overdue',
  status: 0,
  outcome: 'server_error',
  meaning: 'A part of the process did not stop in its time; the others were stopped without it.',
  hint: 'The detail names the part; what it held is gone.',
};

export const busNameInvalid: FaultKind = {
  code: 'bus-name-invalid',
  status: 0,
  outcome: 'server_error',
  meaning: 'A subject, a queue or a key is not one that the bus can carry.',
  hint: 'The detail shows it: no empty token, no space or control character, wildcards only to subscribe, keys for events only.',
};

export const busPayloadTooLarge: FaultKind = {
  code: 'bus-payload-too-large',
  status: 0,
  outcome: 'server_error',
  meaning: 'A message for the bus is larger than the cap.',
  hint: 'The detail gives subject, size and cap.',
};

export const busNoResponder: FaultKind = {
  code: 'bus-no-responder',
  status: 503,
  outcome: 'server_error',
  meaning: 'Nobody has subscribed to the subject of a request.',
  hint: 'The tier that answers it does not run, or has another region.',
};

export const busRequestTimeout: FaultKind = {
  code: 'bus-request-timeout',
  status: 503,
  outcome: 'server_error',
  meaning: 'A request over the bus was not answered in time.',
  hint: 'The detail names subject and time; look at the load of the tier that answers it.',
};

export const busClosed: FaultKind = {
  code: 'bus-closed',
  status: 503,
  outcome: 'server_error',
  meaning: 'The bus was used while or after it was closed.',
  hint: 'Nothing to do when the process was stopping.',
};

export const busAway: FaultKind = {
  code: 'bus-away',
  status: 503,
  outcome: 'server_error',
  meaning: 'No server of the bus can be reached; events wait in memory, what needs an answer is refused.',
  hint: 'The detail names the server and the reason; it is tried again until it answers.',
};

export const busRefused: FaultKind = {
  code: 'bus-refused',
  status: 0,
  outcome: 'client_error',
  meaning: 'A server of the bus does not accept the user, password or token, or does not permit a subject.',
  hint: 'Set TANDEM_NATS_URL, or grant publishing and subscribing to tandem.>, told.>, $JS.API.> and _INBOX.>.',
};

export const busUrlInvalid: FaultKind = {
  code: 'bus-url-invalid',
  status: 0,
  outcome: 'client_error',
  meaning: 'The list of the servers of the bus is wrong; nothing was started.',
  hint: 'Like nats://a:4222,tls://user:password@b:4222; special characters in a password are percent-encoded.',
};

export const busStreamUnusable: FaultKind = {
  code: 'bus-stream-unusable',
  status: 0,
  outcome: 'server_error',
  meaning: 'The stream that keeps events cannot be made or used; events wait in memory.',
  hint: 'The servers need JetStream (jetstream {} in their configuration) with room for the stream CALLS, and more than half of a cluster has to run.',
};

export const callStoreFull: FaultKind = {
  code: 'call-store-full',
  status: 0,
  outcome: 'server_error',
  meaning: 'The store of call records is full; the call goes on without a record.',
  hint: 'Add nodes, or use a shared store.',
};

export const callRecordTooLarge: FaultKind = {
  code: 'call-record-too-large',
  status: 0,
  outcome: 'server_error',
  meaning: 'The record of a call is larger than the cap; the call goes on without a record.',
  hint: 'The detail names the call; its dialog most likely has very long routes or URIs.',
};

export const callRecordContended: FaultKind = {
  code: 'call-record-contended',
  status: 503,
  outcome: 'server_error',
  meaning: 'So many changed the record of one call at once that a change did not get its turn.',
  hint: 'The detail names the call; look for edges that adopt and lose it in turns.',
};

export const redisUnavailable: FaultKind = {
  code: 'redis-unavailable',
  status: 503,
  outcome: 'server_error',
  meaning: 'Redis is not connected.',
  hint: 'The detail says why; the connection is tried again at least once a second.',
};

export const redisTimeout: FaultKind = {
  code: 'redis-timeout',
  status: 503,
  outcome: 'server_error',
  meaning: 'Redis did not answer in time; whether it carried the command out is not known.',
  hint: 'Look at the load of the server, its disk, and the network to it.',
};

export const redisRefused: FaultKind = {
  code: 'redis-refused',
  status: 503,
  outcome: 'server_error',
  meaning: 'Redis answered with an error.',
  hint: 'The detail is what it said: OOM asks for memory, READONLY means a replica, NOPERM a user with too few rights.',
};

export const callLimitsMixed: FaultKind = {
  code: 'call-limits-mixed',
  status: 0,
  outcome: 'server_error',
  meaning: 'A call was to take places in limits of several tenants at once.',
  hint: 'Limits of one tenant are taken as one step; take those of each tenant by themselves.',
};

export const secretUnusable: FaultKind = {
  code: 'secret-unusable',
  status: 0,
  outcome: 'server_error',
  meaning: 'The file of the cluster secret cannot be read, written or used.',
  hint: 'The detail names the file and the reason; delete the file to have a new secret made, or set TANDEM_CLUSTER_SECRET.',
};

export const configurationUnwatchable: FaultKind = {
  code: 'configuration-unwatchable',
  status: 0,
  outcome: 'server_error',
  meaning: 'The folder of the configuration cannot be watched for changes.',
  hint: 'The detail names the folder; with ENOSPC raise fs.inotify.max_user_watches.',
};

export const etcdUnavailable: FaultKind = {
  code: 'etcd-unavailable',
  status: 503,
  outcome: 'server_error',
  meaning: 'etcd did not answer in time; what is known of it stays in force until it does.',
  hint: 'The detail names the server; see whether a majority of the servers of TANDEM_ETCD_URL runs.',
};

export const etcdRefused: FaultKind = {
  code: 'etcd-refused',
  status: 503,
  outcome: 'server_error',
  meaning: 'etcd does not do what it was asked for.',
  hint: 'The detail gives its reason: most often the user of TANDEM_ETCD_URL may not use /tandem/, or the disk is full.',
};

export const nodeIdTaken: FaultKind = {
  code: 'node-id-taken',
  status: 0,
  outcome: 'client_error',
  meaning: 'Another process of the same tier and region has this node id.',
  hint: 'Give each process a TANDEM_NODE_ID of its own.',
};

export const membershipUnreachable: FaultKind = {
  code: 'membership-unreachable',
  status: 0,
  outcome: 'server_error',
  meaning: 'A node could tell nobody that it is there: neither the bus nor etcd took it.',
  hint: 'See whether the servers of TANDEM_NATS_URL and TANDEM_ETCD_URL run and can be reached from here.',
};

export const configurationContended: FaultKind = {
  code: 'configuration-contended',
  status: 0,
  outcome: 'client_error',
  meaning: 'Somebody else changed the configuration in etcd at the same moment.',
  hint: 'Do it again: what is stored now is what the change is checked against.',
};

export const traceStoreUnavailable: FaultKind = {
  code: 'trace-store-unavailable',
  status: 0,
  outcome: 'server_error',
  meaning: 'What was seen of calls cannot be read.',
  hint: 'The detail says why: the bus is away, or has no JetStream. `tandem trace --follow` needs the bus alone.',
};

export const configurationVanished: FaultKind = {
  code: 'configuration-vanished',
  status: 0,
  outcome: 'server_error',
  meaning: 'etcd has no configuration any more, though nobody removed it; what was before stays in force.',
  hint: 'Most often etcd has lost its data: apply the configuration again.',
};

export const trunkStateTooLarge: FaultKind = {
  code: 'trunk-state-too-large',
  status: 0,
  outcome: 'server_error',
  meaning: 'What is to be kept of a trunk is more than the store takes.',
  hint: 'The detail names the trunk; please report it.',
};

export const addressNotFound: FaultKind = {
  code: 'address-not-found',
  status: 0,
  outcome: 'server_error',
  meaning: 'The address that others are to be told was not found where the setting says that it is.',
  hint: 'The detail names setting, source and reason; docs/operations.md, Addresses, says what each source needs.',
};

export const advertisedPodAddress: FaultKind = {
  code: 'advertised-pod-address',
  status: 0,
  outcome: 'client_error',
  meaning:
    "An address that is the pod's alone would be told to those outside the cluster, who cannot reach it.",
  hint: "Set TANDEM_SIP_ADVERTISE and TANDEM_RTP_ADVERTISE to an address of the node or of a load balancer. With host networking, TANDEM_HOST_ADDRESSES says that it is the node's; where pods are reached from everywhere, set TANDEM_ADVERTISE_POD to on.",
};

export const kubernetesUnavailable: FaultKind = {
  code: 'kubernetes-unavailable',
  status: 0,
  outcome: 'server_error',
  meaning: 'The API of Kubernetes did not answer in time, or not as itself.',
  hint: 'The detail gives the reason; see whether a NetworkPolicy lets this pod reach the API.',
};

export const kubernetesRefused: FaultKind = {
  code: 'kubernetes-refused',
  status: 0,
  outcome: 'client_error',
  meaning: 'The API of Kubernetes does not do what it was asked for.',
  hint: 'The detail gives verb, path and its reason; with 403 also what a role has to grant to the service account of this pod.',
};

export const kubernetesAnswerInvalid: FaultKind = {
  code: 'kubernetes-answer-invalid',
  status: 0,
  outcome: 'server_error',
  meaning: 'The API of Kubernetes answered something that cannot be understood.',
  hint: 'The detail names what is missing or wrong; something else may listen at KUBERNETES_SERVICE_HOST.',
};
