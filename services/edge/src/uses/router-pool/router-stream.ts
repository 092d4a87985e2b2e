import {
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceError,
  type StatusObject,
  status,
} from '@grpc/grpc-js';
import { type router, routerSession } from '@tandem/contract';

const channel = {
  // A machine that is gone without a word is noticed within 3 s; its requests have been asked elsewhere long before.
  'grpc.keepalive_time_ms': 2_000,
  'grpc.keepalive_timeout_ms': 1_000,
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
  'grpc-node.flow_control_window': 1024 * 1024,
  'grpc.enable_channelz': 0,
  'grpc.enable_http_proxy': 0,
  // What a stream has lost is asked again by the pool, of another router; a connection belongs to one stream.
  'grpc.enable_retries': 0,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.service_config_disable_resolution': 1,
};

/** What a stream tells its owner. */
export interface StreamOwner {
  /** The router has let this edge in. */
  opened(): void;
  took(batch: router.VerdictBatch): void;
  /** There will be nothing more; told once. */
  ended(why: string): void;
}

/** One stream to one router, on a connection of its own, from the attempt to connect to its end. */
export class RouterStream {
  readonly #client: Client;
  readonly #call: ClientDuplexStream<router.RequestBatch, router.VerdictBatch>;
  #owner: StreamOwner | undefined;

  constructor(address: string, proof: string, owner: StreamOwner) {
    this.#owner = owner;
    this.#client = new Client(`dns:${address}`, credentials.createInsecure(), channel);
    const metadata = new Metadata();
    metadata.set('tandem-node-proof', proof);
    const { path, requestSerialize, responseDeserialize } = routerSession;
    this.#call = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
    this.#call.on('metadata', () => this.#owner?.opened());
    this.#call.on('data', (batch: router.VerdictBatch) => this.#owner?.took(batch));
    this.#call.on('error', (error: ServiceError) => this.#ended(reason(error)));
    this.#call.on('status', (final: StatusObject) => this.#ended(reason(final)));
  }

  write(batch: router.RequestBatch): void {
    this.#call.write(batch);
  }

  /** Asks nothing more; the router answers what it still has to, and ends the stream. */
  finish(): void {
    this.#call.end();
  }

  /** Ends it at once; the owner is told nothing. */
  destroy(): void {
    this.#owner = undefined;
    this.#call.cancel();
    this.#client.close();
  }

  #ended(why: string): void {
    const owner = this.#owner;
    if (!owner) return;
    this.#owner = undefined;
    this.#client.close();
    owner.ended(why);
  }
}

function reason({ code, details }: { readonly code: status; readonly details: string }): string {
  return code === status.OK ? 'the router has closed the stream' : `${status[code]}: ${details}`;
}
