import { Kubernetes } from '@tandem/platform';
import { expect, it, onTestFinished } from 'vitest';
import { KubernetesServer } from '../../../../../test/harness/kubernetes-server.ts';
import { needs } from '../../../../../test/harness/needs.ts';
import type { ProbeAnswer } from '../../cluster/probe.ts';
import { runChecks } from '../check.ts';
import { leadingServices } from './service.ts';
import { serviceChecks } from './service-checks.ts';

const describe = needs('openssl');
const labels = { 'app.kubernetes.io/instance': 'sw' };
const component = 'app.kubernetes.io/component';
const ofPod = 'statefulset.kubernetes.io/pod-name';

/** What a Service has of its own. */
interface Given {
  readonly type?: string;
  readonly ip?: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly {
    readonly port: number;
    readonly protocol?: string;
    readonly nodePort?: number;
  }[];
}

const sipUdp: Given = {
  ip: '203.0.113.10',
  selector: { [component]: 'edge' },
  ports: [{ port: 5060, protocol: 'UDP' }],
};
const sipTcp: Given = { ...sipUdp, ports: [{ port: 5060 }, { port: 5061 }] };
const slice = (from: number, count: number): Given['ports'] =>
  Array.from({ length: count }, (_, index) => ({ port: from + index, protocol: 'UDP' }));
const mediaOf = (index: number): Given => ({
  ip: `203.0.113.2${index}`,
  selector: { [component]: 'media', [ofPod]: `media-${index}` },
  ports: slice(20_000 + 40 * index, 40),
});
const good = { 'sip-udp': sipUdp, 'sip-tcp': sipTcp, 'media-0': mediaOf(0), 'media-1': mediaOf(1) };

const quiet = { pod: [], seen: [] };
const edge: ProbeAnswer = {
  ...quiet,
  tier: 'edge',
  id: 'edge-0',
  addresses: ['udp://203.0.113.10:5060', 'tcp://203.0.113.10:5060', 'tls://203.0.113.10:5061'],
  ports: [],
};
const worker = (index: number, host = `203.0.113.2${index}`): ProbeAnswer => ({
  ...quiet,
  tier: 'media',
  id: `media-${index}`,
  addresses: [`rtp://${host}`],
  ports: [0, 10, 20, 28, 38].map((offset) => 20_000 + 40 * index + offset),
});
const nodes = [edge, worker(0), worker(1)];

/** What is said of Services and nodes that is not well, by check. */
async function complaints(
  services: Readonly<Record<string, Given>>,
  told: readonly ProbeAnswer[] = nodes,
): Promise<Record<string, string>> {
  const server = await KubernetesServer.start();
  const api = Kubernetes.inCluster(server.env, server.folder)!;
  onTestFinished(() => {
    api.close();
    return server.close();
  });
  for (const [name, { ip, ports, selector, type = 'LoadBalancer' }] of Object.entries(services))
    server.put(`/api/v1/namespaces/tandem/services/${name}`, {
      metadata: { labels },
      spec: { type, selector, ports },
      status: { loadBalancer: ip === undefined ? {} : { ingress: [{ ip }] } },
    });
  server.put('/api/v1/namespaces/tandem/services/another', { metadata: {}, spec: { type: 'LoadBalancer' } });
  const found = await leadingServices(api, 'app.kubernetes.io/instance=sw');
  const said: Record<string, string> = {};
  for await (const result of runChecks(serviceChecks(found, told), found))
    if (result.status === 'failed' || result.status === 'warning')
      said[result.name] = `${result.status}: ${result.value}`;
  return said;
}

describe('the Services that lead to a release', () => {
  it('are well where each leads all of what is told to where it is told', async () => {
    expect(await complaints(good)).toEqual({});
  });

  it.each<[string, Readonly<Record<string, Given>>, Record<string, string>]>([
    [
      'nobody has given one an address',
      { ...good, 'sip-tcp': { ...sipTcp, ip: undefined as never } },
      {
        'sip-tcp': 'failed: of type LoadBalancer, and nobody has given it an address',
        'tcp://203.0.113.10:5060':
          'failed: 203.0.113.10 is the address of sip-udp, which does not lead TCP 5060 on',
        'tls://203.0.113.10:5061':
          'failed: 203.0.113.10 is the address of sip-udp, which does not lead TCP 5061 on',
      },
    ],
    [
      'a port is missing',
      { ...good, 'sip-tcp': { ...sipTcp, ports: [{ port: 5060 }] } },
      {
        'tls://203.0.113.10:5061':
          'failed: 203.0.113.10 is the address of sip-udp, sip-tcp, which does not lead TCP 5061 on',
      },
    ],
    [
      'the slice of a worker is not covered',
      { ...good, 'media-1': { ...mediaOf(1), ports: slice(20_040, 30) } },
      { 'media-1': 'failed: media-1 leads 30 of the ports 20040-20079 of media-1, and not UDP 20070' },
    ],
    [
      'a worker has none',
      { ...good, 'media-1': { ...mediaOf(0) } },
      { 'media-1': 'failed: no Service leads to media-1' },
    ],
    [
      'the address that is told is that of nobody',
      { ...good, 'media-0': { ...mediaOf(0), ip: '203.0.113.99' } },
      { 'media-0': 'warning: 203.0.113.20 is the address of no Service: media-0 has 203.0.113.99' },
    ],
  ])('are told of where %s', async (_, services, said) => {
    expect(await complaints(services)).toEqual(said);
  });

  it('are told of where a worker tells the address of another, by NodePorts not', async () => {
    const told = [edge, worker(0, '203.0.113.21'), worker(1)];
    expect(await complaints(good, told)).toEqual({
      'media-0': 'failed: 203.0.113.21 is the address of media-1, and media-0 leads to media-0',
    });
    const nodePorts = (index: number): Given => ({
      ...mediaOf(index),
      type: 'NodePort',
      ports: mediaOf(index).ports.map((each) => ({ ...each, nodePort: each.port })),
    });
    expect(await complaints({ ...good, 'media-0': nodePorts(0), 'media-1': nodePorts(1) }, told)).toEqual({});
  });
});
