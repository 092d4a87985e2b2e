import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { event } from '@tandem/contract';
import { type Edge, type EdgeSettings, edgeSettings, type RouterLink, startEdge } from '@tandem/edge';
import { MemoryLocation } from '@tandem/location';
import { mediaSettings, type RunningMedia, startMedia } from '@tandem/media';
import {
  createLog,
  derive,
  type Log,
  MemoryBus,
  MemoryCallLimits,
  MemoryCallStore,
  MemoryMembers,
  MemoryMembership,
  MemoryNonceCounts,
  Metrics,
  parseSettings,
  sharedSettings,
} from '@tandem/platform';
import { load, Secret, type Snapshot } from '@tandem/resource';
import { Router } from '@tandem/router';
import { until } from '../harness/deadline.ts';
import type { Protocol } from '../harness/host.ts';
import { Inbox } from '../harness/inbox.ts';
import { configuration, type Tenant } from '../harness/tandem.ts';
import { nextAccount } from './acme.ts';
import { announcementOf, type Backings, EdgeProcess } from './edge-process.ts';
import { type Account, Phone } from './phone.ts';

const region = 'local';
const secret = new Secret('the secret of all nodes of the cluster');
const tokenSecret = derive(secret, 'token');

/** What is asked of a tenant here beyond what `tandem up` is tested with. */
export interface TierTenant extends Tenant {
  readonly auth?: { readonly algorithms?: readonly string[]; readonly nonceLifetime?: number };
}

/** A loopback address that no other test file uses at the same time. */
export function address(index: number): string {
  return `127.${100 + Number(process.env.VITEST_POOL_ID)}.0.${index}`;
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
  readonly #log: Log;
  readonly #bus: MemoryBus;
  readonly #calls = new MemoryCallStore();
  /** Places of calls. */
  readonly limits: MemoryCallLimits = new MemoryCallLimits();
  readonly #edges: Edge[] = [];
  readonly #mortals: EdgeProcess[] = [];
  readonly #phones: Phone[] = [];
  #media: RunningMedia | undefined;

  private constructor(snapshot: Snapshot) {
    this.#log = createLog({
      level: 'info',
      node: 'test',
      destination: { write: (line) => void this.lines.push(JSON.parse(line) as Record<string, unknown>) },
    });
    this.#bus = new MemoryBus({ log: this.#log, now: Date.now });
    this.#bus.subscribe(`tandem.${region}.call.>`, ({ payload }) =>
      this.events.put(event.Event.decode(payload)),
    );
    this.router = new Router({
      snapshot: () => snapshot,
      location: this.location,
      nonceCounts: new MemoryNonceCounts(),
      limits: this.limits,
      secret: derive(secret, 'nonce'),
      log: this.#log.child({ part: 'router' }),
      now: () => Date.now() + this.ahead,
    });
    this.link = this.router;
  }

  static async open(tenant: TierTenant): Promise<Tiers> {
    const folder = await mkdtemp(join(tmpdir(), 'tiers-'));
    await writeFile(join(folder, 'tenant.yaml'), configuration(tenant));
    const tiers = new Tiers(await load(folder));
    await tiers.#startMedia();
    return tiers;
  }

  /** Waits until a call that was answered is on record: its edge writes that down after it has passed the answer on. */
  async recorded(): Promise<void> {
    await until(
      () => 'the record of a call',
      async () => (await this.#calls.list({ limit: 1 }, Date.now())).records.length > 0,
    );
  }

  /** How many media sessions are open. */
  get sessions(): number {
    return this.#media?.snapshot().sessions ?? 0;
  }

  /** Starts an edge on port 5060 of an address of this machine. */
  async edge(nodeId: string, host: string, changes: Partial<EdgeSettings> = {}): Promise<Edge> {
    const log = this.#log.child({ node: nodeId, part: 'edge' });
    const metrics = this.#metrics(nodeId);
    const settings = { ...listening(nodeId, host), ...changes };
    const membership = new MemoryMembership(log, this.members);
    const edge = await startEdge(settings, {
      ...this.#backings,
      membership,
      tokenSecret,
      log,
      metrics,
    });
    this.#edges.push(edge);
    await membership.join(...announcementOf(edge));
    return edge;
  }

  /** Starts one that can be killed. */
  async mortalEdge(nodeId: string, host: string, changes: Partial<EdgeSettings> = {}): Promise<EdgeProcess> {
    const settings = { ...listening(nodeId, host), ...changes };
    const edge = await EdgeProcess.start({ settings, tokenSecret }, this.#backings, {
      log: this.#log,
      members: this.members,
    });
    this.#mortals.push(edge);
    return edge;
  }

  /** Opens a phone, of a user of its own unless one is given, at the edge with this address. */
  async phone(remote: string, transport: Protocol = 'udp', account: Account = nextAccount()): Promise<Phone> {
    const phone = await Phone.open(account, { transport, local: address(1), remote });
    this.#phones.push(phone);
    return phone;
  }

  async close(): Promise<void> {
    for (const phone of this.#phones) phone.close();
    await Promise.all(this.#mortals.map((edge) => edge.kill()));
    await Promise.all(this.#edges.map((edge) => edge.stop()));
    await this.#media?.stop();
    await this.#bus.close();
  }

  get #backings(): Backings {
    return { bus: this.#bus, calls: this.#calls, limits: this.limits, router: this.link };
  }

  #metrics(node: string): Metrics {
    return new Metrics({ region, node, log: this.#log });
  }

  async #startMedia(): Promise<void> {
    const flags = { region, nodeId: 'media-1', rtpListen: `${address(2)}:20000-29999` };
    const settings = parseSettings({ ...sharedSettings, ...mediaSettings }, { flags, env: {} });
    this.#media = await startMedia(settings, {
      bus: this.#bus,
      log: this.#log,
      metrics: this.#metrics('media-1'),
    });
  }
}

function listening(nodeId: string, host: string): EdgeSettings {
  const flags = { region, nodeId, sipListen: `udp://${host}:5060,tcp://${host}:5060` };
  return parseSettings({ ...sharedSettings, ...edgeSettings }, { flags, env: {} });
}
