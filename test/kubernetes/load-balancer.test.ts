import { expect, onTestFinished } from 'vitest';
import { Cluster } from '../harness/cluster.ts';
import { until } from '../harness/deadline.ts';
import { it } from '../harness/fixture.ts';
import { inPod } from '../harness/in-pod.ts';
import { KubernetesServer } from '../harness/kubernetes-server.ts';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { acme, nextAccount } from '../wire/acme.ts';
import { connect, hangUp } from '../wire/call.ts';
import { Phone } from '../wire/phone.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd', 'openssl');

const pods = ['edge-1', 'edge-2', 'media-1', 'router-1'];

/** What the API says: the address of the Service, and that of the only machine. */
function say(api: KubernetesServer, service: string, machine: string): void {
  const status = { loadBalancer: { ingress: [{ ip: service }] } };
  api.put('/api/v1/namespaces/tandem/services/sip', { status });
  api.put('/api/v1/nodes/worker-1', {
    status: { addresses: [{ type: 'ExternalIP', address: machine }] },
  });
}

/** Edges with the one address of a Service, and a media worker with that of its machine; each in a pod. */
async function open(): Promise<{ readonly api: KubernetesServer; readonly cluster: Cluster }> {
  let api: KubernetesServer | undefined;
  onTestFinished(() => api?.close());
  const cluster = await Cluster.start('edges behind a load balancer', {
    tenant: acme,
    counts: { edge: 2, router: 1, media: 1 },
    program: inPod,
    flags: {
      edge: (address) => [
        ...['--sip-advertise', 'service:sip', '--sip-shared', 'service:sip'],
        ...['--sip-inside', address],
      ],
      media: ['--rtp-advertise', 'node'],
    },
    nodeFlags: Object.fromEntries(pods.map((id) => [id, ['--pod-name', id]])),
    env: async (gateway) => {
      api = await KubernetesServer.start(gateway);
      say(api, '203.0.113.10', '203.0.113.20');
      for (const id of pods)
        api.put(`/api/v1/namespaces/tandem/pods/${id}`, { spec: { nodeName: 'worker-1' } });
      const own = { SERVICE_ACCOUNT: api.folder, TANDEM_ADVERTISE_EVERY: '1', TANDEM_LOG_LEVEL: 'info' };
      return { ...api.env, ...own };
    },
  });
  onTestFinished(() => cluster.close());
  return { api: api!, cluster };
}

/** Where the nodes are, as one of them knows it. */
async function addressesIn(cluster: Cluster): Promise<Record<string, Record<string, string>>> {
  const rows = JSON.parse(await cluster.router(0).ask('nodes', '-o', 'json')) as {
    readonly id: string;
    readonly addresses: Record<string, string>;
  }[];
  return Object.fromEntries(rows.map(({ addresses, id }) => [id, addresses]));
}

/** What a request that two edges have passed on calls them, and what it calls the media worker. */
function namesIn(invite: Message): unknown {
  const hosts = [...invite.headers('Via').slice(0, 2), ...invite.headers('Record-Route')];
  return {
    edges: [...new Set(hosts.map((value) => /[@ :](203\.0\.113\.\d+)[:;]/.exec(value)?.[1]))],
    media: /^c=IN IP4 (\S+)/m.exec(invite.text)?.[1],
  };
}

const named = (edge: string, media: string) => ({ edges: [edge], media });

describe('edges that advertise the address of a Service', () => {
  it('find each other, and follow it when it changes, as a media worker follows its machine', async () => {
    const { api, cluster } = await open();
    const [one, two] = [cluster.edge(0), cluster.edge(1)];
    const addresses = await addressesIn(cluster);
    for (const { address, id } of [one, two])
      expect(addresses[id]).toEqual({ 'sip+udp': `${address}:5060`, 'sip+tcp': `${address}:5060` });
    const local = cluster.network.gateway;
    const alice = await Phone.open(nextAccount(), { transport: 'udp', local, remote: one.address });
    const bob = await Phone.open(nextAccount(), { transport: 'tcp', local, remote: two.address });
    onTestFinished(() => {
      for (const phone of [alice, bob]) phone.close();
    });
    await bob.register();
    const before = await connect(alice, bob);
    expect(namesIn(before.invite)).toEqual(named('203.0.113.10', '203.0.113.20'));

    say(api, '203.0.113.11', '203.0.113.21');
    const changed = (): number =>
      [one, two, cluster.media(0)]
        .flatMap((node) => node.logs())
        .filter(({ msg }) => msg === 'advertised address has changed').length;
    await until(
      () => `${changed()} of 5 addresses have changed: two of each edge, and that of the media worker`,
      () => changed() === 5,
    );
    await until(
      () => 'the new address of the media worker to be known',
      async () => (await addressesIn(cluster))['media-1']?.rtp === '203.0.113.21',
    );
    const after = await connect(alice, bob);
    expect(namesIn(after.invite)).toEqual(named('203.0.113.11', '203.0.113.21'));
    for (const call of [before, after]) await hangUp(call, bob);
  });
});
