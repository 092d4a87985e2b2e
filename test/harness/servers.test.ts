import { expect } from 'vitest';
import { it } from './fixture.ts';
import { needs } from './needs.ts';
import { startServers } from './servers.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

const REACH = `require('net').connect(process.argv[2], process.argv[1]).on('connect', () => console.log('reached'))`;

describe('the servers of a cluster', () => {
  it('are reached from every host', async ({ network }) => {
    const [servers, host] = await Promise.all([startServers(network), network.host('one')]);
    for (const { url } of Object.values(servers) as { url: string }[]) {
      const { hostname, port } = new URL(url);
      expect(hostname).toBe(network.gateway);
      await host.spawn([process.execPath, '-e', REACH, hostname, port]).line(/^reached$/);
    }
  });

  it('come back after a kill on the same port', async ({ network }) => {
    const servers = await startServers(network);
    for (const server of [servers.nats, servers.redis, servers.etcd]) {
      const { url } = server;
      await server.kill();
      await server.restart();
      expect(server.url).toBe(url);
    }
  });
});
