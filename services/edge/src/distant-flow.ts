import type { Flow, KnownFlow } from './socket/flow.ts';
import type { Listener } from './socket/listener.ts';
import { type Transport, transportNamed } from './socket/transport.ts';

/** The way to a phone whose flow another edge has: what is sent is a request that asks that edge to relay it. */
export class DistantFlow implements Flow {
  readonly transport: Transport;
  readonly reliable: boolean;
  readonly host: string;
  readonly port: number;
  readonly connection: number;
  /** Our own of the phone's transport: what it shall send to us later. */
  readonly listener: Listener;
  readonly carrier: Flow;
  readonly known: KnownFlow;
  readonly #route: string;

  constructor(known: KnownFlow, { carrier, listener, route }: DistantWay) {
    this.transport = transportNamed(known.transport);
    this.reliable = carrier.reliable;
    this.host = known.host;
    this.port = known.port;
    this.connection = known.connection;
    this.listener = listener;
    this.carrier = carrier;
    this.known = known;
    this.#route = `Route: ${route}\r\n`;
  }

  repliesTo(): Flow {
    return this;
  }

  send(message: string): void {
    this.carrier.send(this.written(message));
  }

  /** The route stands before all others, also of a CANCEL and an ACK that were made of the request. */
  written(message: string): string {
    const end = message.indexOf('\r\n') + 2;
    return message.slice(0, end) + this.#route + message.slice(end);
  }
}

/** What leads to a phone of another edge. */
interface DistantWay {
  readonly carrier: Flow;
  readonly listener: Listener;
  /** The value of Route with the flow. */
  readonly route: string;
}
