import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { event } from '@tandem/contract';

const STREAM = 'CALLS';

/** All that the stream of events holds, in its order. */
async function storedEvents(natsUrl: string): Promise<event.Event[]> {
  const connection = await connect({ servers: natsUrl });
  try {
    const { state } = await (await jetstreamManager(connection)).streams.info(STREAM);
    const consumer = await jetstream(connection).consumers.get(STREAM);
    const events: event.Event[] = [];
    while (events.length < state.messages) {
      const left = state.messages - events.length;
      for await (const { data } of await consumer.fetch({
        max_messages: Math.min(left, 1_000),
        expires: 2_000,
      })) {
        events.push(event.Event.decode(data));
      }
    }
    return events;
  } finally {
    await connection.close();
  }
}

/** How often the stream tells the end of each call, by the Call-ID of its caller. */
export async function endsByCallId(natsUrl: string): Promise<Map<string, number>> {
  const ends = new Map<string, number>();
  for (const { kind } of await storedEvents(natsUrl)) {
    if (kind?.$case !== 'callEnded') continue;
    const { sipCallId } = kind.value;
    ends.set(sipCallId, (ends.get(sipCallId) ?? 0) + 1);
  }
  return ends;
}
