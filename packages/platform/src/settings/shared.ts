import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Secret } from '@tandem/resource';
import type { z } from 'zod';
import { natsUrl } from '../bus/nats/url.ts';
import { type EtcdAddress, etcdUrl } from '../etcd/address.ts';
import { minSecretLength } from '../keys.ts';
import { type LogLevel, logLevels } from '../log.ts';
import { type RedisServers, redisUrl, redisUrlForms } from '../redis/servers.ts';
import { type HostPort, hostPort } from './address.ts';
import { notYet, oneOf, readBy, secretText, text, token, wholeNumber } from './schema.ts';
import { defineSettings, type SettingsOf } from './setting.ts';

/** The settings of every tier. */
export interface SharedSettings {
  readonly region: string;
  readonly nodeId: string;
  readonly httpListen: HostPort;
  readonly clusterSecret: Secret | undefined;
  readonly logLevel: LogLevel;
  readonly data: string;
  readonly nodeWeight: number;
  readonly podName: string | undefined;
  /** The machine that this pod is on. */
  readonly hostName: string | undefined;
  /** Seconds. */
  readonly drainTimeout: number;
  readonly natsUrl: Secret | undefined;
  readonly redisUrl: RedisServers | undefined;
  readonly etcdUrl: EtcdAddress | undefined;
  readonly etcdProtect: 'on' | 'off';
  readonly postgresUrl: undefined;
  /** Those of this pod and of the machine that it is on, where Kubernetes tells them. */
  readonly podAddresses: readonly string[] | undefined;
  readonly hostAddresses: readonly string[] | undefined;
  readonly advertisePod: 'on' | 'off';
  /** Seconds. */
  readonly advertiseEvery: number;
}

const ownName = {
  words: 'the host name',
  compute: () =>
    hostname()
      .replace(/[^A-Za-z0-9_-]/g, '-')
      .slice(0, 63),
};

const maxAddresses = 64;

const addresses: z.ZodType<readonly string[], string> = readBy(
  `must be 1 to ${maxAddresses} IP addresses with commas between`,
  (text) => {
    const list = text.split(',').map((part) => part.trim());
    return list.length <= maxAddresses && list.every((each) => isIP(each) !== 0) ? list : undefined;
  },
);

/** RFC 1123: longer than a name in our sense, and with dots in it. */
const objectName = readBy('must be the name of an object of Kubernetes', (name) =>
  /^[a-z0-9][a-z0-9.-]{0,252}$/.test(name) ? name : undefined,
);

export const sharedSettings: SettingsOf<SharedSettings> = defineSettings<SharedSettings>({
  region: {
    schema: token,
    default: 'local',
    description: 'The region of this node: the nodes of a region work together.',
  },
  nodeId: {
    schema: token,
    default: ownName,
    description: 'The name of this node, different from that of every other node of its region.',
  },
  httpListen: {
    schema: hostPort,
    default: '127.0.0.1:8080',
    description: 'Where /livez, /readyz, /metrics and, for this machine only, /v1 are served.',
  },
  clusterSecret: {
    schema: secretText(minSecretLength).optional(),
    description:
      'Signs tokens and nonces; the same on all nodes. Made and kept in the data folder when unset.',
    secret: true,
  },
  logLevel: {
    schema: oneOf(logLevels),
    default: 'info',
    description: `How much is logged: ${logLevels.join(', ')}.`,
  },
  data: {
    schema: text,
    default: 'tandem-data',
    description: 'The folder for what this node keeps over a restart.',
  },
  nodeWeight: {
    schema: wholeNumber(1, 100),
    default: '1',
    description: 'The share of new work that this node takes, against that of the others of its tier.',
  },
  podName: {
    schema: objectName.optional(),
    description:
      'The name of the pod that this node is (`metadata.name`). An edge and a media worker keep in its annotation controller.kubernetes.io/pod-deletion-cost how many calls they have, so that a Deployment which shrinks gives up the one with the fewest; its service account needs the verb patch on pods/status. Nothing is kept when unset.',
  },
  hostName: {
    schema: objectName.optional(),
    description:
      'The node of Kubernetes that this pod is on (`spec.nodeName`), for `node` among the sources of an advertised address. The API is asked for it by TANDEM_POD_NAME when unset.',
  },
  drainTimeout: {
    schema: wholeNumber(0, 86_400),
    default: '300',
    unit: 's',
    description:
      'How long this node may take at SIGTERM to hand over what it has before it stops; it stops as soon as nothing is left. 0 with tandem up, unless it is given.',
  },
  natsUrl: {
    schema: natsUrl.optional(),
    description:
      'The servers of NATS, by which the tiers tell and ask each other; the bus is within the process when unset.',
    secret: true,
  },
  redisUrl: {
    schema: redisUrl.optional(),
    description: `Where registrations, call records, nonce counts and limits are kept: ${redisUrlForms}. Unset: within the process.`,
    secret: true,
  },
  etcdUrl: {
    schema: etcdUrl.optional(),
    description:
      'The servers of etcd, which keep the configuration and who is in the cluster; the configuration is a folder when unset.',
    secret: true,
  },
  etcdProtect: {
    schema: oneOf(['off', 'on']),
    default: 'off',
    description:
      'Whether an etcd that asks nobody for a password is made to ask for that of TANDEM_ETCD_URL, whose user has to be root: for an etcd that belongs to Tandem alone.',
  },
  postgresUrl: { schema: notYet, description: 'Not supported yet: nothing needs a database.', secret: true },
  podAddresses: {
    schema: addresses.optional(),
    description:
      'The addresses of the pod that this process runs in (`status.podIPs`), with commas between: none of them is told to those outside. Those of this machine when unset and Kubernetes says that this is a pod.',
  },
  hostAddresses: {
    schema: addresses.optional(),
    description:
      'The addresses of the machine that the pod is on (`status.hostIPs`), with commas between: with host networking they are those of the pod as well, and may be told.',
  },
  advertisePod: {
    schema: oneOf(['off', 'on']),
    default: 'off',
    description:
      "Whether addresses that are the pod's alone may be told to phones and carriers, which makes sense only where everybody reaches pods.",
  },
  advertiseEvery: {
    schema: wholeNumber(1, 86_400),
    default: '60',
    unit: 's',
    description:
      'Between two looks at addresses that are found, not given (TANDEM_SIP_ADVERTISE, TANDEM_SIP_SHARED, TANDEM_RTP_ADVERTISE): one that has changed is told from then on, and calls go on.',
  },
});
