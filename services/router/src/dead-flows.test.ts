import { MemoryLocation } from '@tandem/location';
import { createLog, firstConnection, type Member, type MembershipChange } from '@tandem/platform';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DeadFlows } from './dead-flows.ts';

const log = createLog({ level: 'silent', node: 'router-1', destination: 1 });
const started = Date.UTC(2030, 0, 1);

class Edges {
  readonly present: Member[] = [];
  tell: (change: MembershipChange) => void = () => {};

  members(): readonly Member[] {
    return this.present;
  }

  onChange(listener: (change: MembershipChange) => void): () => void {
    this.tell = listener;
    return () => {};
  }
}

function edge(startedMs: number, id = 'edge-1'): Member {
  const announced = { tier: 'edge', id, startedMs, weight: 1, release: '', addresses: {} } as const;
  return { ...announced, state: 'serving', load: 0, configuration: '' };
}

let now: number;
let location: MemoryLocation;
let edges: Edges;
let deadFlows: DeadFlows | undefined;

beforeEach(() => {
  now = started + 60_000;
  location = new MemoryLocation();
  edges = new Edges();
});

afterEach(() => deadFlows?.close());

function start(): void {
  deadFlows = new DeadFlows({ membership: edges, location, log, now: () => now });
}

/** Binds a contact over a connection that an edge took at a moment; 0 is over UDP. */
async function bind(contact: string, at: number, id = 'edge-1'): Promise<void> {
  const connection = at === 0 ? 0 : firstConnection(at) + 1;
  const flow = { edge: id, transport: 'tcp', host: '192.0.2.1', port: 5060, localPort: 5060, connection };
  const contacts = [{ contact, q: 1_000, expires: 3_600 }];
  const common = {
    cseq: 1,
    path: [],
    userAgent: '',
    maxContacts: 9,
    policy: 'reject',
    repeated: false,
  } as const;
  await location.update('acme/1001', { ...common, callId: contact, contacts, flow }, now);
}

async function contacts(): Promise<string[]> {
  const found = await location.lookup(['acme/1001'], now);
  return (found.get('acme/1001') ?? []).map(({ contact }) => contact);
}

it.each(['died', 'left'] as const)(
  'an edge that %s takes its connections with it, and nothing else',
  async (change) => {
    await bind('sip:tcp', started + 1);
    await bind('sip:udp', 0);
    await bind('sip:other', started + 1, 'edge-2');
    start();
    edges.tell({ change, member: edge(started) });
    await expect.poll(() => contacts()).toEqual(['sip:udp', 'sip:other']);
  },
);

it('what the next life of an edge has taken stays, however late the end of the one before is told', async () => {
  await bind('sip:before', started + 1);
  await bind('sip:after', now + 10);
  start();
  edges.tell({ change: 'died', member: edge(started) });
  edges.tell({ change: 'joined', member: edge(now) });
  await expect.poll(() => contacts()).toEqual(['sip:after']);
});

it('an edge that ends as soon as it has begun takes its connections with it', async () => {
  await bind('sip:brief', now + 100);
  start();
  edges.tell({ change: 'died', member: edge(now) });
  await expect.poll(() => contacts()).toEqual([]);
});

it('what an edge left behind before this router began is removed', async () => {
  await bind('sip:before', started - 10);
  await bind('sip:now', started + 10);
  edges.present.push(edge(started));
  start();
  await expect.poll(() => contacts()).toEqual(['sip:now']);
});

it('is told to the store when that is back', async () => {
  await bind('sip:tcp', started + 1);
  const edgeEnded = vi.spyOn(location, 'edgeEnded').mockRejectedValueOnce(new Error('the store is away'));
  start();
  edges.tell({ change: 'died', member: edge(started) });
  await expect.poll(() => edgeEnded).toHaveBeenCalledTimes(2);
  await expect.poll(() => contacts()).toEqual([]);
});
