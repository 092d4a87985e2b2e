import { expect } from 'vitest';
import { Authority } from '../harness/authority.ts';
import { until } from '../harness/deadline.ts';
import { openIdle } from '../harness/idle-peer.ts';
import { needs } from '../harness/needs.ts';
import { everyTransport, ports } from './everywhere.ts';
import { it } from './fixture.ts';
import { address } from './tiers.ts';

const describe = needs('namespace', 'openssl');

const here = address(11);
const each = 30;
const transports = ['tcp', 'tls', 'ws', 'wss'] as const;

describe('connections that phones hold', () => {
  it('are counted while they are there, and nothing of them is left', async ({ tiers: open }) => {
    const tiers = await open();
    const issued = await (await Authority.create()).issue(['DNS:acme.example']);
    const edge = await tiers.edge('edge-1', here, everyTransport(here, issued));
    const places = transports.map((transport) => ({ transport, host: here, port: ports[transport] }));
    const all = places.flatMap((place) => Array.from({ length: each }, () => openIdle(place)));
    const sockets = await Promise.all(all);
    expect(edge.status.connections).toEqual(transports.map((transport) => [transport, each]));
    for (const socket of sockets) socket.destroy();
    await until(
      () => `the end of ${JSON.stringify(edge.status.connections)}`,
      () => edge.status.connections.every(([, count]) => count === 0),
    );
    expect(edge.status.halfOpen).toBe(0);
  });
});
