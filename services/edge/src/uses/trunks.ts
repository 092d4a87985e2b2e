import { edge, encoded } from '@tandem/contract';
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

/** What trunk nodes ask for. */
export interface TrunkServices {
  readonly send: (ask: edge.Ask) => Promise<edge.Answer>;
  readonly look: (look: edge.Look) => Promise<edge.Outlook>;
}

/** Does what trunk nodes ask for. What comes while there is too much is not answered: they ask another edge. */
export function serveTrunks(
  { bus, region, node, log }: TrunkNodes,
  { look, send }: TrunkServices,
): readonly Subscription[] {
  let pending = 0;
  const serve = async (message: BusMessage, answer: Answering): Promise<void> => {
    if (pending >= maxPending) return;
    pending++;
    try {
      message.respond(await answer(message.payload));
    } finally {
      pending--;
    }
  };
  const subscribe = (what: string, answer: Answering): Subscription =>
    bus.subscribe(`tandem.${region}.edge.${subjectToken(node)}.${what}`, (message) => {
      serve(message, answer).catch((err: unknown) =>
        log.error({ err }, 'a request of a trunk node was not answered'),
      );
    });
  return [
    subscribe('ask', async (octets) => encoded(edge.Answer, await send(edge.Ask.decode(octets)))),
    subscribe('look', async (octets) => encoded(edge.Outlook, await look(edge.Look.decode(octets)))),
  ];
}

type Answering = (octets: Uint8Array) => Promise<Uint8Array>;
