import { type Tier, tiers } from '@tandem/platform';

/** What nodes keep in common, and cannot do without for long. */
export type Server = 'nats' | 'redis' | 'etcd';

/** What a system is made of. */
export type Part = Tier | Server;

const servers: readonly Server[] = ['nats', 'redis', 'etcd'];

export const parts: readonly Part[] = [...tiers, ...servers];

export function isServer(part: Part): part is Server {
  return servers.includes(part as Server);
}

interface Absence {
  /** As docs/limits.md has it: "When a server is away". */
  readonly expected: string;
  /** Why calls may be refused meanwhile. */
  readonly excuses?: RegExp;
}

export const absences: Readonly<Record<Server, Absence>> = {
  nats: {
    expected: 'calls go on, new ones meet 503 until it is back',
    excuses: /^call-refused: 503\b/,
  },
  redis: { expected: 'calls go on, and new ones to who was called within the last minute' },
  etcd: { expected: 'everything goes on but changes of the configuration' },
};
