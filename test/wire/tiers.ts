import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { event } from '@tandem/contract';
import { type Edge, type EdgeSettings, edgeSettings, type RouterLink, startEdge } from '@tandem/edge';
import { MemoryLocation } from '@tandem/location';
import { mediaSettings, type RunningMedia, startMedia } from '@tandem/media';
import {
  type CallRecord,
  type CallStore,
  createLog,
  derive,
  type Log,
  MemoryCallLimits,
  MemoryCallStore,
  MemoryMembers,
  MemoryMembership,
  MemoryNonceCounts,
  Metrics,
  type Presence,
  parseSettings,
  sharedSettings,
} from '@tandem/platform';
import { load, Secret, type Snapshot } from '@tandem/resource';
import { Router } from '@tandem/router';
import { until } from '../harness/deadline.ts';
import { Inbox } from '../harness/inbox.ts';
import type { Message } from '../harness/message.ts';
import { configuration, type Tenant } from '../harness/tandem.ts';
import type { Carrier } from '../harness/wire.ts';
import { nextAccount } from './acme.ts';
import { announcementOf, type Backings, EdgeProcess } from './edge-process.ts';
import { PausableBus } from './pausable-bus.ts';
import { type Account, Phone } from './phone.ts';

const region = 'local';
const secret = new Secret('the secret of all nodes of the cluster');
const tokenSecret = derive(secret, 'token');

/** What is asked of a tenant here beyond what `tandem up` is tested with. */
export interface TierTenant extends Tenant {
  readonly auth?: { readonly algorithms?: readonly string[]; readonly nonceLifetime?: number };
  /** Tenants besides it. */
  readonly others?: readonly Tenant[];
}

/** A loopback address that no other test file uses at the same time. */
export function address(index: number): string {
  return `127.${100 + Number(process.env.VITEST_POOL_ID)}.0.${index}`;
}

/** A media worker, and its place among the members. */
interface MediaWorker {
  readonly worker: RunningMedia;
  readonly membership: MemoryMembership;
  readonly presence: Presence;
}

/** A router, a media worker and edges in the test process, on shared backings, wired as by `tandem up`. */
export class Tiers {
  /** Milliseconds that the router's clock is ahead of time. */
  ahead = 0;
  /** What was logged. */
  readonly lines: Record<string, unknown>[] = [];
  /** What was published of calls. */
  readonly events: Inbox<event.Event> = new Inbox('events', ({ id }) => id);
  readonly location: MemoryLocation = new MemoryLocation();
  readonly router: Router;
  /** The edges that are there, as far as all of them know. */
  readonly members: MemoryMembers = new MemoryMembers();
  /** How edges that are started from now on reach a router. */
  link: RouterLink;
  /** What edges that are started from now on leave to chance: from 0 up to 1. */
  random: () => number = Math.random;
  readonly #log: Log;
  readonly bus: PausableBus;
  /** Whether the store of calls rejects whatever it is asked for. */
  isStoreAway = false;
  /** The records of calls. */
  readonly calls: MemoryCallStore = new MemoryCallStore();
  /** Places of calls. */
  readonly limits: MemoryCallLimits = new MemoryCallLimits();
  readonly #edges: Edge[] = [];
  readonly #mortals: EdgeProcess[] = [];
  readonly #phones: Phone[] = [];
  readonly #media = new Map<string, MediaWorker>();

  private constructor(snapshot: Snapshot) {
    this.#log = createLog({
      level: 'info',
      node: 'test',
      destination: { write: (line) => void this.lines.push(JSON.parse(line) as Record<string, unknown>) },
    });
    this.bus = new PausableBus({ log: this.#log, now: Date.now });
    this.bus.subscribe(`tandem.${region}.call.>`, ({ payload }) =>
      this.events.put(event.Event.decode(payload)),
    );
    this.router = new Router({
      snapshot: () => snapshot,
      location: this.location,
      nonceCounts: new MemoryNonceCounts(),
      limits: this.limits,
      secret: derive(secret, 'nonce'),
      lineSecret: derive(secret, 'line'),
      log: this.#log.child({ part: 'router' }),
      now: () => Date.now() + this.ahead,
    });
    this.link = this.router;
  }

  static async open({ others = [], ...tenant }: TierTenant): Promise<Tiers> {
    const folder = await mkdtemp(join(tmpdir(), 'tiers-'));
    const all = [tenant, ...others].map((each) => configuration(each));
    await writeFile(join(folder, 'tenants.yaml'), all.join('---\n'));
    const tiers = new Tiers(await load(folder));
    await tiers.media('media-1', address(2));
    return tiers;
  }

  /** Waits until a call is on record as one that was answered: its edge writes that down after it has passed that on. */
  async recorded(state: CallRecord['state'] = 'answered'): Promise<CallRecord> {
    let found: CallRecord | undefined;
    await until(
      () => `the record of a call that ${state === 'answered' ? 'was answered' : 'rings'}`,
      async () => {
        found = (await this.records()).find((record) => record.state === state);
        return found !== undefined;
      },
    );
    return found!;
  }

  /** What is on record. */
  async records(): Promise<readonly CallRecord[]> {
    return (await this.calls.list({ limit: 500 }, Date.now())).records;
  }

  /** The nodes that look after calls, or are to tell of their ends. */
  owners(): Promise<readonly string[]> {
    return this.calls.owners(Date.now());
  }

  /** How many media sessions are open. */
  get sessions(): number {
    return [...this.#media.values()].reduce((sum, { worker }) => sum + worker.load, 0);
  }

  /** Starts a media worker on an address of this machine. */
  async media(nodeId: string, host: string): Promise<RunningMedia> {
    const flags = { region, nodeId, rtpListen: `${host}:20000-29999` };
    const settings = parseSettings({ ...sharedSettings, ...mediaSettings }, { flags, env: {} });
    const metrics = this.#metrics(nodeId);
    const worker = await startMedia(settings, { bus: this.bus, log: this.#log, metrics });
    const membership = new MemoryMembership(this.#log, this.members);
    const announced = { tier: 'media', id: nodeId, startedMs: worker.startedMs, weight: 1 } as const;
    const condition = { state: 'serving', load: 0, configuration: '' } as const;
    const presence = await membership.join({ ...announced, release: '', addresses: {} }, condition);
    this.#media.set(nodeId, { worker, membership, presence });
    return worker;
  }

  /** Resolves when a media worker has no session left. */
  async drainMedia(nodeId: string): Promise<void> {
    const { presence, worker } = this.#media.get(nodeId)!;
    const drained = worker.drain();
    presence.update({ state: 'draining' });
    await drained;
  }

  /** As when the machine of a media worker dies; the others know of it at once. */
  async killMedia(nodeId: string): Promise<void> {
    (await this.crashMedia(nodeId))();
  }

  /** As when a media worker dies; the others know of it when what is returned is called. */
  async crashMedia(nodeId: string): Promise<() => void> {
    const { membership, worker } = this.#media.get(nodeId)!;
    this.#media.delete(nodeId);
    await worker.stop();
    return () => membership.die();
  }

  /** Starts an edge on port 5060 of an address of this machine. */
  async edge(nodeId: string, host: string, changes: Partial<EdgeSettings> = {}): Promise<Edge> {
    const log = this.#log.child({ node: nodeId, part: 'edge' });
    const metrics = this.#metrics(nodeId);
    // What a test asks is done, whatever else keeps the machine busy.
    const settings = { ...listening(nodeId, host), sipShedding: 'off' as const, drainNotice: 0, ...changes };
    const membership = new MemoryMembership(log, this.members);
    const edge = await startEdge(settings, {
      ...this.#backings,
      membership,
      random: this.random,
      tokenSecret,
      log,
      metrics,
    });
    this.#edges.push(edge);
    await membership.join(...announcementOf(edge));
    return edge;
  }

  /** A phone that stands for a server elsewhere, which the edge with this address may find. */
  async server(remote: string, ownPort?: number): Promise<Phone> {
    const account = { user: 'server', domain: 'example', password: '' };
    const line = { transport: 'udp', local: address(1), remote, ownPort } as const;
    const server = await Phone.open(account, line);
    this.#phones.push(server);
    return server;
  }

  /** Starts one that can be killed. */
  async mortalEdge(nodeId: string, host: string, changes: Partial<EdgeSettings> = {}): Promise<EdgeProcess> {
    // What a test asks is done, whatever else keeps the machine busy.
    const settings = { ...listening(nodeId, host), sipShedding: 'off' as const, drainNotice: 0, ...changes };
    const edge = await EdgeProcess.start({ settings, tokenSecret }, this.#backings, {
      log: this.#log,
      members: this.members,
    });
    this.#mortals.push(edge);
    return edge;
  }

  /** Opens a phone, of a user of its own unless one is given, at the edge with this address. */
  async phone(remote: string, transport: Carrier = 'udp', account: Account = nextAccount()): Promise<Phone> {
    const phone = await Phone.open(account, { transport, local: address(1), remote });
    this.#phones.push(phone);
    return phone;
  }

  /** Opens a peer outside at port 5060 of an address, which speaks to the edge with another one. */
  async outside(local: string, remote: string, heard: Message[] = []): Promise<Phone> {
    const peer = await Phone.outside(
      { user: 'outside', domain: 'carrier.example', password: '' },
      { local, remote },
      heard,
    );
    this.#phones.push(peer);
    return peer;
  }

  async close(): Promise<void> {
    await Promise.all(this.#mortals.map((edge) => edge.kill()));
    // An edge that stops hangs up what calls a test has left, and waits for the answers.
    for (const phone of this.#phones) void phone.agree();
    await Promise.all(this.#edges.map((edge) => edge.stop()));
    for (const phone of this.#phones) phone.close();
    for (const { worker } of this.#media.values()) await worker.stop();
    await this.bus.close();
  }

  /** The store of calls as the edges reach it. */
  get #store(): CallStore {
    const away = async (): Promise<never> => {
      throw new Error('the store is away');
    };
    return new Proxy(this.calls, {
      get: (store, name) => {
        const method = Reflect.get(store, name) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => (this.isStoreAway ? away() : method.apply(store, args));
      },
    });
  }

  get #backings(): Backings {
    return {
      bus: this.bus,
      calls: this.#store,
      limits: this.limits,
      location: this.location,
      router: this.link,
    };
  }

  #metrics(node: string): Metrics {
    return new Metrics({ region, node, log: this.#log });
  }
}

function listening(nodeId: string, host: string): EdgeSettings {
  const flags = { region, nodeId, sipListen: `udp://${host}:5060,tcp://${host}:5060` };
  return parseSettings({ ...sharedSettings, ...edgeSettings }, { flags, env: {} });
}
