import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '@tandem/sip';
import { httpUnavailable } from '../faults.ts';
import type { Log } from '../log.ts';
import { formatHostPort, type HostPort } from '../settings/address.ts';
import { isPrivate } from './private-peer.ts';
import type { Readiness } from './readiness.ts';
import { type Stream, Streams } from './streams.ts';

/** Answers a listing with what JSON can say. Undefined: there is no such thing. */
export type Route = (query: URLSearchParams) => unknown;

export interface HttpOptions {
  readonly listen: HostPort;
  readonly readiness: Readiness;
  /** The text for `/metrics`. */
  readonly metrics: () => Promise<string>;
  readonly log: Log;
}

/** Health, metrics and listings of a process, and the few things that an operator does to it. */
export interface HttpServer {
  /** With the port that the system chose when port 0 was asked for. */
  readonly address: HostPort;
  /** Serves a listing; it may hold personal data, so only this machine may ask for it. */
  route(path: `/v1/${string}`, route: Route): void;
  /**
   * Does something, by POST and for this machine only. `content-type: application/json` is asked for: a page in a
   * browser cannot send it here.
   */
  action(path: `/v1/${string}`, action: Route): void;
  /** Serves values as they come, a line of JSON for each; to this machine only as well. */
  stream(path: `/v1/${string}`, stream: Stream): void;
  /** Lets requests end for a second. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const limits = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;
const maxConnections = 256;
const graceMs = 1_000;

/** Throws `http-unavailable` when the address cannot be listened on. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const routes = new Map<string, Route>();
  const actions = new Map<string, Route>();
  const streams = new Streams(options.log);
  const server = createServer(limits, (request, response) => {
    if (beginStream(streams, request, response)) return;
    void answer(request, { routes, actions }, options).then((what) => send(response, what));
  });
  server.maxConnections = maxConnections;
  await listen(server, options.listen);
  server.on('error', (error) => options.log.error({ err: error }, 'http'));
  const { address: host, port } = server.address() as AddressInfo;
  return {
    address: { host, port },
    route: (path, route) => void routes.set(path, route),
    action: (path, action) => void actions.set(path, action),
    stream: (path, stream) => streams.set(path, stream),
    close: () => {
      streams.close();
      return close(server);
    },
  };
}

function listen(server: Server, address: HostPort): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (error: Error): void =>
    reject(new Fault(httpUnavailable, `${formatHostPort(address)}: ${error.message}`, { cause: error }));
  server.once('error', fail);
  server.listen(address.port, address.host, () => {
    server.off('error', fail);
    resolve();
  });
  return promise;
}

function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  server.close(() => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}

interface Served {
  readonly routes: ReadonlyMap<string, Route>;
  readonly actions: ReadonlyMap<string, Route>;
}

async function answer(
  request: IncomingMessage,
  served: Served,
  { readiness, metrics, log }: HttpOptions,
): Promise<Answer> {
  const url = URL.parse(request.url ?? '', 'http://localhost');
  try {
    if (request.method !== 'GET') return await act(request, served, url);
    switch (url?.pathname) {
      case '/livez':
        return json(200, { live: true });
      case '/readyz':
        return readyz(readiness);
      case '/metrics':
        return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: await metrics() };
      default:
        return url?.pathname.startsWith('/v1/')
          ? await list(request, served.routes.get(url.pathname), url)
          : notFound;
    }
  } catch (error) {
    log.error({ err: error, path: url?.pathname }, 'a request could not be answered');
    return json(500, { error: 'see the log of the process' });
  }
}

function readyz({ draining, missing, ready, stopping }: Readiness): Answer {
  return json(ready ? 200 : 503, { ready, missing, draining, stopping });
}

async function list(request: IncomingMessage, route: Route | undefined, url: URL): Promise<Answer> {
  if (!isPrivate(request.socket, request.headers.host)) return forbidden;
  const found = await route?.(url.searchParams);
  return found === undefined ? notFound : json(200, found);
}

async function act(request: IncomingMessage, { actions }: Served, url: URL | null): Promise<Answer> {
  const action = request.method === 'POST' ? actions.get(url?.pathname ?? '') : undefined;
  if (!action || !url) return json(405, { error: 'only GET' }, { allow: 'GET' });
  if (request.headers['content-type'] !== 'application/json')
    return json(415, { error: 'only content-type: application/json' });
  return list(request, action, url);
}

/** Whether the request is for a stream, which then has its answer. */
function beginStream(streams: Streams, request: IncomingMessage, response: ServerResponse): boolean {
  const url = URL.parse(request.url ?? '', 'http://localhost');
  const stream = request.method === 'GET' && url ? streams.get(url.pathname) : undefined;
  if (!stream || !url) return false;
  if (!isPrivate(request.socket, request.headers.host)) send(response, forbidden);
  else if (streams.isFull) send(response, json(503, { error: 'too many listen already' }));
  else streams.serve(stream, url.searchParams, response);
  return true;
}

function json(status: number, value: unknown, headers: Answer['headers'] = {}): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n`, headers };
}

const notFound = json(404, { error: 'no such path' });
const forbidden = json(403, { error: 'only from this machine, by address or as localhost' });

function send(response: ServerResponse, { status, type, body, headers }: Answer): void {
  const safety = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  response.writeHead(status, { 'content-type': type, ...safety, ...headers });
  response.end(body);
}
