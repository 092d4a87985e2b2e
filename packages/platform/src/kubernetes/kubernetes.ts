import { Fault } from '@tandem/sip';
import { z } from 'zod';
import { kubernetesAnswerInvalid, kubernetesRefused, kubernetesUnavailable } from '../faults.ts';
import type { HostPort } from '../settings/address.ts';
import { type Answered, Exchange } from './exchange.ts';
import { type ApiPath, type ObjectPlace, pathOf, permissionFor, type Verb } from './place.ts';
import { ServiceAccount } from './service-account.ts';

const methods = { get: 'GET', list: 'GET', patch: 'PATCH', delete: 'DELETE' } as const;
/** Objects that one answer lists; more come in pages. */
const pageSize = 100;
const maxPages = 100;

/** One answer of a list. */
interface ListPage<T> {
  readonly metadata: { readonly continue?: string | undefined };
  readonly items: readonly T[];
}

const refusal = z.object({ message: z.string() });

/** Which objects are listed, as the API writes it: `app.kubernetes.io/component=edge`. */
export interface Selection {
  readonly labels?: string;
  readonly fields?: string;
}

interface Wanted {
  readonly verb: Verb;
  readonly place: ObjectPlace | ApiPath;
  readonly query?: string;
  readonly body?: unknown;
}

/**
 * The API of the cluster that this process runs in, by the service account of its pod. What comes back is read by the
 * schema of who asks. Everything rejects with `kubernetes-unavailable`, `kubernetes-refused` or
 * `kubernetes-answer-invalid`, whose detail names verb and path, and the permission that a role lacks. The official client
 * would cost every node 90 MB of memory, and 2.7 MB in the image, for these four verbs.
 */
export class Kubernetes {
  readonly #account: ServiceAccount;
  readonly #exchange: Exchange;

  constructor(server: HostPort, account: ServiceAccount) {
    this.#account = account;
    this.#exchange = new Exchange(server);
  }

  /** Undefined outside a cluster, and for a pod without a service account; `folder` is that of the account. */
  static inCluster(env: NodeJS.ProcessEnv, folder?: string): Kubernetes | undefined {
    const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
    const account = host && port ? ServiceAccount.find(folder) : undefined;
    return account && new Kubernetes({ host: host!, port: Number(port) }, account);
  }

  /** The namespace of this pod. */
  get namespace(): string {
    return this.#account.namespace;
  }

  /** One object. */
  read<T>(place: ObjectPlace, schema: z.ZodType<T>): Promise<T> {
    return this.#ask({ verb: 'get', place }, schema);
  }

  /** One object, or what the API tells of itself; undefined where there is none. */
  async find<T>(place: ObjectPlace | ApiPath, schema: z.ZodType<T>): Promise<T | undefined> {
    const wanted: Wanted = { verb: 'get', place };
    const answered = await this.#answer(wanted);
    return answered.status === 404 ? undefined : read(answered, wanted, schema);
  }

  /** All objects of a place, or some. */
  async list<T>(place: ObjectPlace, schema: z.ZodType<T>, selection: Selection = {}): Promise<T[]> {
    const page: z.ZodType<ListPage<T>> = z.object({
      metadata: z.object({ continue: z.string().optional() }),
      items: z.array(schema),
    });
    const found: T[] = [];
    let after: string | undefined = '';
    for (let pages = 0; after !== undefined && pages < maxPages; pages++) {
      const query = queryOf(selection, after);
      const { metadata, items }: ListPage<T> = await this.#ask({ verb: 'list', place, query }, page);
      found.push(...items);
      after = metadata.continue || undefined;
    }
    return found;
  }

  /** Changes what a merge patch (RFC 7386) names: `null` removes. */
  async patch(place: ObjectPlace, change: unknown): Promise<void> {
    await this.#ask({ verb: 'patch', place, body: change }, z.unknown());
  }

  /** Lets an object be deleted, in its own grace period unless seconds are given; 0 kills the processes of a pod at once. */
  async remove(place: ObjectPlace, { graceSeconds }: { readonly graceSeconds?: number } = {}): Promise<void> {
    const query = graceSeconds === undefined ? '' : `?gracePeriodSeconds=${graceSeconds}`;
    await this.#ask({ verb: 'delete', place, query }, z.unknown());
  }

  close(): void {
    this.#exchange.close();
  }

  async #ask<T>(wanted: Wanted, schema: z.ZodType<T>): Promise<T> {
    return read(await this.#answer(wanted), wanted, schema);
  }

  async #answer(wanted: Wanted): Promise<Answered> {
    const { verb, place, query = '', body } = wanted;
    try {
      const credentials = await this.#account.credentials();
      return await this.#exchange.ask(
        { method: methods[verb], path: pathOf(place) + query, body },
        credentials,
      );
    } catch (cause) {
      throw new Fault(kubernetesUnavailable, detailOf(wanted, (cause as Error).message), { cause });
    }
  }
}

function read<T>({ status, text }: Answered, wanted: Wanted, schema: z.ZodType<T>): T {
  if (status >= 300)
    throw new Fault(kubernetesRefused, detailOf(wanted, `${status}, ${reason(status, text, wanted)}`));
  const parsed = schema.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw new Fault(kubernetesAnswerInvalid, detailOf(wanted, z.prettifyError(parsed.error)));
}

function queryOf({ labels, fields }: Selection, after: string): string {
  const query = new URLSearchParams({ limit: String(pageSize) });
  if (labels !== undefined) query.set('labelSelector', labels);
  if (fields !== undefined) query.set('fieldSelector', fields);
  if (after) query.set('continue', after);
  return `?${query.toString()}`;
}

function detailOf({ verb, place }: Wanted, problem: string): string {
  return `${verb} ${pathOf(place)}: ${problem}`;
}

/** What the API said, and what would let it say something else. */
function reason(status: number, text: string, { verb, place }: Wanted): string {
  const said = refusal.safeParse(parse(text)).data?.message ?? text.slice(0, 200);
  if (status !== 403) return said;
  return `${said}: the service account needs ${permissionFor(verb, place)}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
