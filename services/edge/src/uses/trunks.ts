import { edge } from '@tandem/contract';
import { type Bus, type BusMessage, type Log, type Subscription, subjectToken } from '@tandem/platform';

/** Where trunk nodes ask this edge. */
export interface TrunkNodes {
  readonly bus: Bus;
  readonly region: string;
  readonly node: string;
  readonly log: Log;
}

/** Requests at once: what trunk nodes ask for is spread over time. */
const maxPending = 1_000;

/** Sends what trunk nodes ask for. What comes while there is too much is not answered: they ask another edge. */
export function serveTrunks(
  { bus, region, node, log }: TrunkNodes,
  send: (ask: edge.Ask) => Promise<edge.Answer>,
): Subscription {
  let pending = 0;
  const serve = async (message: BusMessage): Promise<void> => {
    if (pending >= maxPending) return;
    pending++;
    try {
      const answer = await send(edge.Ask.decode(message.payload));
      message.respond(edge.Answer.encode(answer).finish());
    } finally {
      pending--;
    }
  };
  return bus.subscribe(`tandem.${region}.edge.${subjectToken(node)}.ask`, (message) => {
    serve(message).catch((err: unknown) => log.error({ err }, 'a request of a trunk node was not answered'));
  });
}
