import {
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { eventSubjects, keyWindowMs } from '../bus.ts';

/** The stream that keeps events for those who read them later. */
export const streamName = 'CALLS';

/**
 * Before the subject of an event when the stream tells it: it does so once, however often it was published. Events
 * are listened to there and nowhere else.
 */
export const told = 'told.';

/** How much the stream keeps when it is made; afterwards an operator may change it. */
export interface StreamLimits {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
}

type Wanted = Pick<
  StreamConfig,
  'name' | 'subjects' | 'duplicate_window' | 'republish' | 'num_replicas' | 'storage' | 'retention'
>;

/** Milliseconds for an answer of JetStream. */
export const apiTimeout = 2_000;
/** Codes of JetStream errors that the client has no names for. */
const inUse = 10_058;
const notFound = 10_059;

/** Makes the stream, or makes it fit, whoever else does the same. */
export async function provideStream(connection: NatsConnection, limits: StreamLimits): Promise<StreamInfo> {
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: apiTimeout });
  const found = await find(manager);
  const wanted = wish(replicas(connection));
  if (found) return amend(manager, found, wanted);
  try {
    return await manager.streams.add({
      ...wanted,
      max_age: nanos(limits.maxAgeMs),
      max_bytes: limits.maxBytes,
    });
  } catch (error) {
    // Another node was faster.
    if (!isApiError(error, inUse)) throw error;
    return amend(manager, await manager.streams.info(streamName), wanted);
  }
}

/** The sequence of the last event. */
export async function lastSequence(connection: NatsConnection): Promise<number> {
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: apiTimeout });
  const { state } = await manager.streams.info(streamName);
  return state.last_seq;
}

export function isApiError(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}

async function find(manager: JetStreamManager): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(streamName);
  } catch (error) {
    if (isApiError(error, notFound)) return undefined;
    throw error;
  }
}

function wish(num_replicas: number): Wanted {
  return {
    name: streamName,
    subjects: [...eventSubjects],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    duplicate_window: nanos(keyWindowMs),
    republish: { src: '>', dest: `${told}>` },
    num_replicas,
  };
}

/** Subjects of a later release and copies that somebody wanted more of are left. */
async function amend(manager: JetStreamManager, found: StreamInfo, wanted: Wanted): Promise<StreamInfo> {
  const { config } = found;
  const changed = {
    subjects: [...new Set([...config.subjects, ...wanted.subjects])],
    num_replicas: Math.max(config.num_replicas, wanted.num_replicas),
    duplicate_window: wanted.duplicate_window,
    republish: wanted.republish!,
  };
  const fits =
    changed.subjects.length === config.subjects.length &&
    changed.num_replicas === config.num_replicas &&
    changed.duplicate_window === config.duplicate_window &&
    changed.republish.dest === config.republish?.dest;
  return fits ? found : manager.streams.update(streamName, { ...config, ...changed });
}

/** Three copies as soon as the cluster has three servers: any one of them may fail. */
function replicas({ info }: NatsConnection): number {
  return info?.cluster && (info.connect_urls?.length ?? 0) >= 3 ? 3 : 1;
}
