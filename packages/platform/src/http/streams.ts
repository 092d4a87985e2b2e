import type { ServerResponse } from 'node:http';
import type { Log } from '../log.ts';

/** Sends values for as long as somebody listens; returns what ends that. */
export type Stream = (query: URLSearchParams, send: (value: unknown) => void) => () => void;

/** Clients that listen at once. */
const maxOpen = 16;
/** Octets that may wait for a client; one that is slower than that has to come again. */
const maxWaiting = 4_194_304;

/** Answers that go on: a line of JSON for each value. */
export class Streams {
  readonly #log: Log;
  readonly #routes = new Map<string, Stream>();
  readonly #open = new Set<ServerResponse>();

  constructor(log: Log) {
    this.#log = log;
  }

  set(path: string, stream: Stream): void {
    this.#routes.set(path, stream);
  }

  get(path: string): Stream | undefined {
    return this.#routes.get(path);
  }

  get isFull(): boolean {
    return this.#open.size >= maxOpen;
  }

  /** Answers until the client leaves. */
  serve(stream: Stream, query: URLSearchParams, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    response.flushHeaders();
    this.#open.add(response);
    const end = this.#begin(stream, query, response);
    response.once('close', () => {
      this.#open.delete(response);
      end?.();
    });
  }

  close(): void {
    for (const response of this.#open) response.end();
  }

  #begin(stream: Stream, query: URLSearchParams, response: ServerResponse): (() => void) | undefined {
    try {
      return stream(query, (value) => {
        response.write(`${JSON.stringify(value)}\n`);
        if (response.writableLength > maxWaiting) response.destroy();
      });
    } catch (err) {
      this.#log.error({ err }, 'a stream could not be begun');
      response.destroy();
      return undefined;
    }
  }
}
