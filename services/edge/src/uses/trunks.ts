import { edge, trunk } from '@tandem/contract';
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

/** Milliseconds between two signs that are told: what anybody may send is not passed on at will. */
const sightingInterval = 200;

interface SightingsOptions extends Pick<TrunkNodes, 'bus' | 'region' | 'log'> {
  readonly now: () => number;
}

/** Tells trunk nodes of requests to the Contact of a registration that no router is asked about. */
export class Sightings {
  readonly #options: SightingsOptions;
  #toldAt = 0;

  constructor(options: SightingsOptions) {
    this.#options = options;
  }

  /** `line` is what the Request-URI says; nobody has proven it. */
  sighted(line: string, method: string, source: string): void {
    const { bus, log, now, region } = this.#options;
    const atMs = now();
    if (atMs - this.#toldAt < sightingInterval) return;
    this.#toldAt = atMs;
    const sighting = { tenant: '', trunk: '', line, method, source, atMs };
    try {
      bus.publish(`tandem.${region}.trunks.sighted`, trunk.Sighting.encode(sighting).finish());
    } catch (err) {
      log.debug({ err }, 'trunk nodes were not told of a request');
    }
  }
}
