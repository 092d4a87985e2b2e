import { z } from 'zod';
import { subjectToken } from '../bus/subject.ts';
import { type Announcement, type Condition, type Member, type Tier, tiers } from './membership.ts';

/** What a node says of itself, over the bus and in etcd. */
export interface Beat extends Announcement, Condition {
  /** Random: tells two processes with the same id apart. */
  readonly life: string;
  /** It says good-bye. */
  readonly leaving: boolean;
}

// A later release may say more: what is unknown is left alone.
const schema: z.ZodType<Beat> = z.object({
  tier: z.enum(tiers),
  id: z.string().min(1),
  startedMs: z.number(),
  weight: z.number(),
  release: z.string(),
  addresses: z.record(z.string(), z.string()),
  state: z.enum(['serving', 'draining']),
  load: z.number(),
  occupancy: z.number().optional(),
  configuration: z.string(),
  backSinceMs: z.number().optional(),
  life: z.string(),
  leaving: z.boolean(),
});

export function encodeBeat(beat: Beat): Uint8Array {
  return Buffer.from(JSON.stringify(beat));
}

/** Undefined for what is none of ours, or of a tier that this release does not know. */
export function decodeBeat(payload: Uint8Array): Beat | undefined {
  try {
    return schema.parse(JSON.parse(Buffer.from(payload).toString()));
  } catch {
    return undefined;
  }
}

export function memberOf(beat: Beat): Member {
  const { tier, id, startedMs, weight, release, addresses, state, load, configuration } = beat;
  const { backSinceMs, occupancy } = beat;
  return {
    ...{ tier, id, startedMs, weight, release, addresses, state, load, configuration },
    ...(occupancy !== undefined && { occupancy }),
    ...(backSinceMs !== undefined && { backSinceMs }),
  };
}

/** Subjects and keys of the nodes of a region. */
export class Places {
  readonly beats: string;
  /** In etcd: all nodes are below. */
  readonly nodes: string;
  readonly #region: string;

  constructor(region: string) {
    this.#region = region;
    this.beats = `tandem.${region}.beat.*.*`;
    this.nodes = `/tandem/${region}/node/`;
  }

  /** Where a node's beats are heard. */
  beat(tier: Tier, id: string): string {
    return `tandem.${this.#region}.beat.${tier}.${subjectToken(id)}`;
  }

  /** Where a node answers. */
  node(tier: Tier, id: string): string {
    return `tandem.${this.#region}.node.${tier}.${subjectToken(id)}`;
  }

  /** Where an observer hears itself. */
  echo(life: string): string {
    return `tandem.${this.#region}.echo.${life}`;
  }

  key(tier: Tier, id: string): string {
    return `${this.nodes}${tier}/${id}`;
  }

  /** Whose key it is. */
  nodeOf(key: string): { readonly tier: Tier; readonly id: string } | undefined {
    const [tier, id, ...rest] = key.slice(this.nodes.length).split('/');
    const known = tiers.find((candidate) => candidate === tier);
    return known && id && rest.length === 0 ? { tier: known, id } : undefined;
  }
}
