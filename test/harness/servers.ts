import { EtcdServer } from './etcd-server.ts';
import { NatsServer } from './nats-server.ts';
import type { Network } from './network.ts';
import { RedisServer } from './redis-server.ts';

/** The servers behind a cluster, beside the test process on the network's gateway. */
export interface Servers {
  readonly nats: NatsServer;
  readonly redis: RedisServer;
  readonly etcd: EtcdServer;
}

/** Starts them; they end with the network. */
export async function startServers(network: Network): Promise<Servers> {
  const host = network.gateway;
  const [nats, redis, etcd] = await Promise.all([
    NatsServer.start({ host }),
    // Its disk is that of an operator who wants to keep calls over a restart of it.
    RedisServer.start({ host, appendOnly: true }),
    EtcdServer.start({ host }),
  ]);
  for (const server of [nats, etcd]) network.attach(() => server.close());
  network.attach(() => redis.stop());
  return { nats, redis, etcd };
}
