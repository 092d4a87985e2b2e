import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Authority } from './authority.ts';

type Json = Readonly<Record<string, unknown>>;

/** An object of the API, as far as anybody looks at it here. */
export interface KubernetesObject extends Json {
  readonly metadata: Json & {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

interface KubernetesRequest {
  readonly verb: string;
  readonly path: string;
  readonly query: string;
}

/**
 * Speaks as the API of Kubernetes does to one service account: HTTPS, a token, objects by path, lists in pages, merge
 * patches, and refusals in the words of a real one.
 */
export class KubernetesServer {
  /** What a pod finds where its service account is. */
  readonly folder: string;
  /** By path, such as `/api/v1/namespaces/tandem/pods/edge-0`. */
  readonly objects: Map<string, KubernetesObject> = new Map();
  /** What was asked, in order. */
  readonly requests: KubernetesRequest[] = [];
  /** `patch pods`: what no role grants. */
  readonly forbidden: Set<string> = new Set();
  token: string = 'first token';
  readonly #server: Server;
  readonly #host: string;

  private constructor(server: Server, host: string, folder: string) {
    this.#server = server;
    this.#host = host;
    this.folder = folder;
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  static async start(host: string = '127.0.0.1', namespace: string = 'tandem'): Promise<KubernetesServer> {
    const authority = await Authority.create();
    const { certificate, key } = await authority.issue([`IP:${host}`]);
    const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }).listen(0, host);
    await once(server, 'listening');
    const folder = await mkdtemp(join(tmpdir(), 'serviceaccount-'));
    const started = new KubernetesServer(server, host, folder);
    await copyFile(authority.certificate, join(folder, 'ca.crt'));
    await writeFile(join(folder, 'namespace'), namespace);
    await started.rotate('first token');
    return started;
  }

  /** What Kubernetes sets for every pod. */
  get env(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo;
    return { KUBERNETES_SERVICE_HOST: this.#host, KUBERNETES_SERVICE_PORT: String(port) };
  }

  /** The account has a new token, and the one before is worth nothing any more. */
  async rotate(token: string): Promise<void> {
    this.token = token;
    await writeFile(join(this.folder, 'token'), token);
  }

  /** Puts an object at a path, whose end is its name. */
  put(path: string, object: Json & { readonly metadata?: Json } = {}): void {
    const name = path.slice(path.lastIndexOf('/') + 1);
    this.objects.set(path, { ...object, metadata: { ...object.metadata, name } });
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'https://kubernetes');
    const [status, body] = this.#act(request, url, await text(request));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #act({ method, headers }: IncomingMessage, url: URL, sent: string): [number, Json] {
    const { path, resource, name } = partsOf(url.pathname);
    const verb = method === 'GET' ? (resource && !name ? 'list' : 'get') : method!.toLowerCase();
    this.requests.push({ verb, path: url.pathname, query: url.search });
    if (headers.authorization !== `Bearer ${this.token}`) return refusal(401, 'Unauthorized', 'Unauthorized');
    if (this.forbidden.has(`${verb} ${resource}`)) return forbidden(verb, resource, name);
    if (verb === 'list') return [200, this.#page(url)];
    const object = this.objects.get(path);
    if (!object && !resource)
      return refusal(404, 'NotFound', 'the server could not find the requested resource');
    if (!object) return refusal(404, 'NotFound', `${resource} "${name}" not found`);
    if (verb === 'delete') this.objects.delete(path);
    if (verb !== 'patch') return [200, object];
    if (headers['content-type'] !== 'application/merge-patch+json')
      return refusal(415, 'UnsupportedMediaType', `the body of the request was in an unknown format`);
    const patched = merge(object, JSON.parse(sent)) as KubernetesObject;
    this.objects.set(path, patched);
    return [200, patched];
  }

  #page({ pathname, searchParams }: URL): Json {
    const wanted = (searchParams.get('labelSelector') ?? '').split(',').filter(Boolean);
    const all = [...this.objects]
      .filter(([path]) => listsOf(path).includes(pathname))
      .map(([, object]) => object)
      .filter(({ metadata: { labels = {} } }) =>
        wanted.every((term) => labels[term.split('=')[0]!] === term.split('=')[1]),
      );
    const from = Number(searchParams.get('continue') ?? 0);
    const to = from + Number(searchParams.get('limit') ?? all.length);
    return {
      kind: 'List',
      metadata: { resourceVersion: '1', ...(to < all.length && { continue: String(to) }) },
      items: all.slice(from, to),
    };
  }
}

/** Where an object is listed: among those of its namespace, and among those of all. */
function listsOf(path: string): string[] {
  const list = path.slice(0, path.lastIndexOf('/'));
  return [list, list.replace(/\/namespaces\/[^/]+/, '')];
}

/** The object of a path, which may name a part of it; no resource where the API tells of itself. */
function partsOf(path: string): { path: string; resource: string; name: string | undefined } {
  const parts = path.slice(1).split('/');
  const rest = parts.slice(parts[0] === 'apis' ? 3 : 2);
  const isWithin = rest[0] === 'namespaces' && rest.length > 2;
  const [resource = '', name, part] = isWithin ? rest.slice(2) : rest;
  if (part === undefined) return { path, resource, name };
  return { path: path.slice(0, -part.length - 1), resource: `${resource}/${part}`, name };
}

function forbidden(verb: string, resource: string, name: string | undefined): [number, Json] {
  const who = 'User "system:serviceaccount:tandem:edge"';
  const what = `${resource}${name ? ` "${name}"` : ''} is forbidden`;
  const why = `cannot ${verb} resource "${resource}" in API group "" in the namespace "tandem"`;
  return refusal(403, 'Forbidden', `${what}: ${who} ${why}`);
}

function refusal(code: number, reason: string, message: string): [number, Json] {
  return [code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }];
}

/** RFC 7386. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = { ...(target as Json) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}
