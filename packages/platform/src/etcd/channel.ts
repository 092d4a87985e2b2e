import { createSecureContext } from 'node:tls';
import { Client, type ClientDuplexStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { EtcdAddress, EtcdEndpoint } from './address.ts';
import { authenticate, type Method } from './method.ts';
import type { Protection } from './protection.ts';

/** A connection of its own: reconnecting is up to {@link Etcd}, which makes another channel. */
const options = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.max_receive_message_length': -1,
};

/**
 * What etcd says of a token that it does not take any more, after a restart, five idle minutes, or a change of its users; or
 * of none, since it asks for passwords.
 */
const staleToken = /invalid auth token|revision of auth store is old|user name is empty/;
const asksNobody = /authentication is not enabled/;

type User = NonNullable<EtcdAddress['user']>;

export interface ChannelOptions {
  readonly user: EtcdAddress['user'];
  /** What has etcd ask for the password of the user where it asks nobody. */
  readonly protection: Protection | undefined;
}

/** A connection to one server of etcd. Rejects with the errors of gRPC. */
export class Channel {
  readonly endpoint: EtcdEndpoint;
  readonly #client: Client;
  readonly #user: EtcdAddress['user'];
  readonly #protection: Protection | undefined;
  readonly #streams = new Set<{ cancel(): void }>();
  #token: Promise<string> | undefined;

  constructor(endpoint: EtcdEndpoint, { user, protection }: ChannelOptions) {
    this.endpoint = endpoint;
    this.#user = user;
    this.#protection = protection;
    const security = endpoint.tls
      ? // Trusts whom Node trusts: NODE_EXTRA_CA_CERTS adds to that.
        credentials.createFromSecureContext(createSecureContext())
      : credentials.createInsecure();
    this.#client = new Client(endpoint.authority, security, options);
  }

  async unary<Q, A>(method: Method<Q, A>, request: Q, deadline: number): Promise<A> {
    return this.#withToken(deadline, (metadata) => this.#ask(method, request, metadata, deadline));
  }

  /** One question and one answer over a method that is a stream of both. */
  async exchange<Q, A>(method: Method<Q, A>, request: Q, deadline: number): Promise<A> {
    return this.#withToken(deadline, async (metadata) => {
      const stream = this.#open(method, metadata, deadline);
      const { promise, resolve, reject } = Promise.withResolvers<A>();
      stream.on('data', resolve).on('error', reject);
      stream.on('end', () => reject(new Error('the stream ended without an answer')));
      stream.write(request);
      return promise.finally(() => stream.end());
    });
  }

  /** A stream without a deadline; it ends with the channel at the latest. */
  async stream<Q, A>(method: Method<Q, A>, deadline: number): Promise<ClientDuplexStream<Q, A>> {
    return this.#withToken(deadline, async (metadata) => this.#open(method, metadata));
  }

  close(): void {
    for (const stream of this.#streams) stream.cancel();
    this.#client.close();
  }

  #open<Q, A>(method: Method<Q, A>, metadata: Metadata, deadline?: number): ClientDuplexStream<Q, A> {
    const { path, encode, decode } = method;
    const stream = this.#client.makeBidiStreamRequest(path, encode, decode, metadata, {
      ...(deadline !== undefined && { deadline }),
    });
    this.#streams.add(stream);
    return stream.on('close', () => this.#streams.delete(stream));
  }

  #ask<Q, A>(method: Method<Q, A>, request: Q, metadata: Metadata, deadline: number): Promise<A> {
    const { path, encode, decode } = method;
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, response?: A): void =>
        error ? reject(error) : resolve(response!);
      this.#client.makeUnaryRequest(path, encode, decode, request, metadata, { deadline }, done);
    });
  }

  async #withToken<T>(deadline: number, ask: (metadata: Metadata) => Promise<T>): Promise<T> {
    try {
      return await ask(await this.#metadata(deadline));
    } catch (error) {
      if (!this.#user || !staleToken.test((error as Error).message)) throw error;
      this.#token = undefined;
      return ask(await this.#metadata(deadline));
    }
  }

  async #metadata(deadline: number): Promise<Metadata> {
    const metadata = new Metadata();
    const token = this.#user && (await this.#login(this.#user, deadline));
    if (token) metadata.set('token', token);
    return metadata;
  }

  async #login(user: User, deadline: number): Promise<string> {
    this.#token ??= this.#admission(user, deadline);
    try {
      return await this.#token;
    } catch (error) {
      this.#token = undefined;
      throw error;
    }
  }

  /** A token; none where etcd asks nobody for a password, as etcd's own clients have it. */
  async #admission(user: User, deadline: number): Promise<string> {
    try {
      return await this.#authenticate(user, deadline);
    } catch (error) {
      if (!asksNobody.test((error as Error).message)) throw error;
      if (!this.#protection) return '';
      await this.#protection.add(
        (method, request) => this.#ask(method, request, new Metadata(), deadline),
        user,
      );
      return this.#authenticate(user, deadline);
    }
  }

  async #authenticate({ name, password }: User, deadline: number): Promise<string> {
    const request = { name, password: password.reveal() };
    return (await this.#ask(authenticate, request, new Metadata(), deadline)).token;
  }
}
