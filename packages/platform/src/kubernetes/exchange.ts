import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { textOf } from '../http/body.ts';
import type { HostPort } from '../settings/address.ts';
import type { Credentials } from './service-account.ts';

/** How long the API may take for one answer, in milliseconds. */
const answerWithinMs = 5_000;
/** The octets of one answer: a hundred pods are about a million. */
const maxAnswer = 8 * 1024 * 1024;

export interface Asked {
  readonly method: 'GET' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  /** Sent as a merge patch (RFC 7386). */
  readonly body?: unknown;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Asks one server by HTTPS, over connections that stay open as long as the authority is the same. */
export class Exchange {
  readonly #server: HostPort;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });

  constructor(server: HostPort) {
    this.#server = server;
  }

  /** Rejects when there is no answer in time, or one that is too long. */
  async ask({ method, path, body }: Asked, { token, ca }: Credentials): Promise<Answered> {
    const { host, port } = this.#server;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      ...(text !== undefined && {
        'content-type': 'application/merge-patch+json',
        'content-length': Buffer.byteLength(text),
      }),
    };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const signal = AbortSignal.timeout(answerWithinMs);
    request({ host, port, method, path, headers, ca, agent: this.#agent, signal }, resolve)
      .on('error', reject)
      .end(text);
    const response = await promise;
    const answer = await textOf(response, maxAnswer);
    if (answer === undefined) throw new Error(`the answer is longer than ${maxAnswer} octets`);
    return { status: response.statusCode!, text: answer };
  }

  close(): void {
    this.#agent.destroy();
  }
}
