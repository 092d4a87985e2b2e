import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  AckPolicy,
  type Consumer,
  DeliverPolicy,
  type JsMsg,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { apiTimeout, streamName } from './stream.ts';

/** How many are read at a time: what a subscriber has to take in one turn. */
const batch = 500;

/** Reads what the stream has kept after a sequence up to now, in order; `filter` is a pattern within its subjects. */
export async function readMissed(
  connection: NatsConnection,
  after: number,
  filter: string | undefined,
  take: (message: JsMsg) => void,
): Promise<void> {
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: apiTimeout });
  const { name, num_pending } = await manager.consumers.add(streamName, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: after + 1,
    ack_policy: AckPolicy.None,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: nanos(30_000),
    ...(filter !== undefined && { filter_subject: filter }),
  });
  const consumer = await jetstream(connection, { timeout: apiTimeout }).consumers.get(streamName, name);
  for (let pending = num_pending; pending > 0; ) pending = await readBatch(consumer, pending, take);
  await consumer.delete();
}

/** Returns how many are left. */
async function readBatch(
  consumer: Consumer,
  pending: number,
  take: (message: JsMsg) => void,
): Promise<number> {
  let left = pending;
  const messages = await consumer.fetch({ max_messages: Math.min(batch, pending), expires: apiTimeout });
  for await (const message of messages) {
    take(message);
    left = message.info.pending;
  }
  // The subscriber has them before there are more.
  await nextTurn();
  if (left === pending) throw new Error('the stream does not deliver');
  return left;
}
