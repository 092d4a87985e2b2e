import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A span as OTLP has it, with the attributes as a plain object. */
export interface CollectedSpan {
  readonly name: string;
  /** The tier that tells it. */
  readonly scope: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root of a trace. */
  readonly parentSpanId: string;
  /** In milliseconds since 1970 UTC. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
}

/** Receives traces by OTLP over HTTP as JSON, for tests. */
export class Collector {
  /** What requests are answered with. */
  status = 200;
  readonly spans: CollectedSpan[] = [];
  /** Of who told the last span. */
  resource: Readonly<Record<string, unknown>> = {};
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#receive(request)
        .then(() => response.writeHead(this.status).end('{}'))
        // Who was told to end does not wait for an answer.
        .catch(() => response.destroy());
    });
  }

  static async listen(host: string): Promise<Collector> {
    const collector = new Collector();
    collector.#server.listen(0, host);
    await once(collector.#server, 'listening');
    return collector;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #receive(request: IncomingMessage): Promise<void> {
    const { resourceSpans } = (await json(request)) as Traces;
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resource = plain(resource.attributes);
      for (const { scope, spans } of scopeSpans)
        this.spans.push(...spans.map((span) => collected(scope.name, span)));
    }
  }
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly events: readonly { readonly name: string }[];
}

interface Traces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: OtlpSpan[] }[];
  }[];
}

function collected(scope: string, span: OtlpSpan): CollectedSpan {
  const { name, traceId, spanId, parentSpanId = '', attributes, events } = span;
  return {
    name,
    scope,
    traceId,
    spanId,
    parentSpanId,
    start: Number(span.startTimeUnixNano) / 1e6,
    end: Number(span.endTimeUnixNano) / 1e6,
    attributes: plain(attributes),
    events: events.map((event) => event.name),
  };
}

function plain(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
