import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  Client,
  type ClientDuplexStream,
  credentials,
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { routerSession } from '@tandem/contract';
import { root } from '../../scripts/area.ts';
import { run } from '../../scripts/run.ts';

interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(octets: Uint8Array): T;
}

/** A message as the last release has it. */
type Released = object;

interface ReleasedCode {
  readonly RequestBatch: Codec<Released>;
  readonly VerdictBatch: Codec<Released>;
}

/** The code of the contract of the last release, generated anew. */
async function releasedCode(): Promise<ReleasedCode> {
  const folder = await mkdtemp(join(tmpdir(), 'released-'));
  const contract = join(root, 'packages/contract');
  const from = join(contract, 'released');
  const { ok, output } = await run('buf', ['generate', from, '--output', join(folder, 'proto')], 'proto');
  if (!ok) throw new Error(output);
  const code = join(folder, 'packages/contract/src/gen');
  await symlink(join(contract, 'node_modules'), join(folder, 'node_modules'));
  return import(pathToFileURL(join(code, 'tandem/router/v1/router.ts')).href) as Promise<ReleasedCode>;
}

let code: Promise<ReleasedCode> | undefined;

type Upstream = ClientDuplexStream<Released, Released>;
type Downstream = ServerDuplexStream<Released, Released>;

/**
 * Stands between edges and a router, and reads and writes whatever passes with the contract of the last release: to
 * each side the other one seems to be of that release.
 */
export class Lens {
  /** What edges ask instead of the router. */
  readonly address: string;
  /** Messages that have passed, both ways. */
  passed = 0;
  readonly #server: Server;
  readonly #client: Client;

  private constructor(server: Server, client: Client, port: number) {
    this.#server = server;
    this.#client = client;
    this.address = `127.0.0.1:${port}`;
  }

  static async open(router: string): Promise<Lens> {
    code ??= releasedCode();
    const { RequestBatch, VerdictBatch } = await code;
    const [requests, verdicts] = [codec(RequestBatch), codec(VerdictBatch)];
    const client = new Client(router, credentials.createInsecure());
    const server = new Server();
    const upstream = (metadata: Metadata): Upstream =>
      client.makeBidiStreamRequest(routerSession.path, requests.write, verdicts.read, metadata);
    const session = (edge: Downstream): void => lens.#join(edge, upstream(edge.metadata));
    const definition = {
      ...routerSession,
      requestDeserialize: requests.read,
      requestSerialize: requests.write,
      responseSerialize: verdicts.write,
      responseDeserialize: verdicts.read,
    };
    server.addService({ session: definition }, { session });
    const { promise: bound, resolve, reject } = Promise.withResolvers<number>();
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
    const lens: Lens = new Lens(server, client, await bound);
    return lens;
  }

  close(): void {
    this.#server.forceShutdown();
    this.#client.close();
  }

  #join(edge: Downstream, router: Upstream): void {
    router.on('metadata', (metadata) => edge.sendMetadata(metadata));
    router.on('data', (batch: Released) => this.#pass(edge, batch));
    router.on('end', () => edge.end());
    router.on('error', ({ code, details }: ServiceError) => edge.emit('error', { code, details }));
    edge.on('data', (batch: Released) => this.#pass(router, batch));
    edge.on('end', () => router.end());
    edge.on('cancelled', () => router.cancel());
  }

  #pass(to: Pick<Upstream | Downstream, 'write'>, batch: Released): void {
    this.passed++;
    to.write(batch);
  }
}

function codec(of: Codec<Released>): {
  read: (octets: Buffer) => Released;
  write: (message: Released) => Buffer;
} {
  return {
    read: (octets) => of.decode(octets),
    write: (message) => Buffer.from(of.encode(message).finish()),
  };
}
