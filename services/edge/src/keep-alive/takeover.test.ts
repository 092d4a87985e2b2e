import type { ListPage } from '@tandem/location';
import { createLog } from '@tandem/platform';
import { expect, it } from 'vitest';
import type { Listener } from '../socket/listener.ts';
import type { Keeping } from './kept-flow.ts';
import { Takeover } from './takeover.ts';

const shared = '192.0.2.100';
const own: Listener = { transport: 'udp', host: '192.0.2.1', port: 5060, advertised: 'edge' };
const floating: Listener = { ...own, host: shared, floating: true };

function registration(user: string, changes: object = {}, keepAlive = 25) {
  const edge = 'edge-1';
  const flow = { edge, transport: 'udp', host: '198.51.100.7', port: 4_000, localPort: 5060, connection: 0 };
  const binding = {
    ...{ contact: `sip:${user}@10.0.0.1`, q: 1_000, callId: 'a', cseq: 1, path: [], userAgent: '' },
    ...{ expiresAt: 2_000_000_000_000, registeredAt: 1, updatedAt: 1, flow: { ...flow, ...changes } },
    ...(keepAlive > 0 && { keepAlive }),
  };
  return { aor: `acme/${user}`, bindings: [binding] };
}

/** Two pages; before them the store is away once. */
const pages: Readonly<Record<string, ListPage>> = {
  first: {
    registrations: [
      registration('mine'),
      registration('another-edge', { edge: 'edge-2' }),
      registration('shared', { edge: 'edge-2', localHost: shared }),
    ],
    cursor: 'second',
  },
  second: {
    registrations: [
      registration('over-tcp', { transport: 'tcp', connection: 7 }),
      registration('open', {}, 0),
    ],
  },
};

it('finds the phones of this edge when it begins, and those of an address when that comes', async () => {
  const kept = new Map<string, Keeping>();
  let listeners = [own];
  let asked = 0;
  const takeover = new Takeover({
    keepAlive: { keep: (keeping) => void kept.set(keeping.aor, keeping) },
    location: {
      list: async ({ cursor = 'first' }) => {
        if (asked++ === 0) throw new Error('the store is away');
        return pages[cursor]!;
      },
    },
    sockets: {
      get listeners() {
        return listeners;
      },
    },
    node: 'edge-1',
    log: createLog({ level: 'silent', node: 'n', destination: 1 }),
    now: () => 1_800_000_000_000,
  });
  takeover.start();
  await expect.poll(() => [...kept.keys()]).toEqual(['acme/mine']);
  expect(kept.get('acme/mine')).toEqual({
    flow: { host: '198.51.100.7', port: 4_000, localPort: 5060 },
    aor: 'acme/mine',
    contact: 'sip:mine@10.0.0.1',
    interval: 25,
    until: 2_000_000_000_000,
  });
  listeners = [own, floating];
  await expect.poll(() => [...kept.keys()]).toEqual(['acme/mine', 'acme/shared']);
  kept.clear();
  // It was away for so short a time that nobody saw that.
  listeners = [own, { ...floating }];
  await expect.poll(() => [...kept.keys()]).toEqual(['acme/mine', 'acme/shared']);
  await takeover.stop();
});
