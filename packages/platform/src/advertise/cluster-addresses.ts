import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '@tandem/sip';
import { z } from 'zod';
import { addressNotFound } from '../faults.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import { nodeNamed, podsIn, servicesIn } from '../kubernetes/place.ts';
import type { NodeSource, ServiceSource } from './source.ts';

/** The API of the cluster, and which pod of it this is, on which node. */
export interface OwnCluster {
  readonly kubernetes: Pick<Kubernetes, 'read' | 'namespace'>;
  readonly pod: string | undefined;
  readonly host?: string | undefined;
}

/** Milliseconds between two looks for the address of a new load balancer, and for all of them. */
const pause = 2_000;
const patience = 120_000;

const pod = z.object({ spec: z.object({ nodeName: z.string() }) });
const names = z.record(z.string(), z.string()).optional();
const node = z.object({
  metadata: z.object({ labels: names, annotations: names }),
  status: z.object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })) }),
});
const service = z.object({
  status: z.object({
    loadBalancer: z.object({
      ingress: z.array(z.object({ ip: z.string().optional(), hostname: z.string().optional() })).optional(),
    }),
  }),
});

/** Those of the node of this pod: from outside where it has such, else inside; or what a label or an annotation of it says. */
export async function nodeAddresses(
  cluster: OwnCluster | undefined,
  { named }: NodeSource,
): Promise<readonly string[]> {
  const { kubernetes, ...own } = required(cluster);
  const host = own.host ?? (await hostOf(kubernetes, own.pod));
  const { metadata, status } = await kubernetes.read(nodeNamed(host), node);
  if (named) {
    const text = metadata[`${named.by}s`]?.[named.key];
    if (text === undefined) throw new Fault(addressNotFound, `node ${host} has no ${named.by} ${named.key}`);
    return text.split(/[,_]/).map((part) => part.trim());
  }
  const of = (type: string): string[] =>
    status.addresses.filter((each) => each.type === type).map(({ address }) => address);
  const outside = of('ExternalIP');
  return outside.length > 0 ? outside : of('InternalIP');
}

async function hostOf(kubernetes: OwnCluster['kubernetes'], name: string | undefined): Promise<string> {
  if (name === undefined)
    throw new Fault(
      addressNotFound,
      'TANDEM_HOST_NAME and TANDEM_POD_NAME are unset: the node is that of a pod',
    );
  const { spec } = await kubernetes.read(podsIn(kubernetes.namespace, name), pod);
  return spec.nodeName;
}

/** What a Service of type LoadBalancer is reached at, as soon as it is: two minutes are waited for that. */
export async function serviceAddresses(
  cluster: OwnCluster | undefined,
  { name, namespace }: ServiceSource,
  wait: (ms: number) => Promise<unknown> = delay,
): Promise<readonly string[]> {
  const { kubernetes } = required(cluster);
  const place = servicesIn(namespace ?? kubernetes.namespace, name);
  for (let waited = 0; ; waited += pause) {
    const { status } = await kubernetes.read(place, service);
    const hosts = status.loadBalancer.ingress?.flatMap(({ ip, hostname }) => ip ?? hostname ?? []) ?? [];
    if (hosts.length > 0) return hosts;
    if (waited >= patience) {
      const detail = `service ${name} has no address after ${patience / 1_000} s: is there a controller of load balancers?`;
      throw new Fault(addressNotFound, detail);
    }
    await wait(pause);
  }
}

function required(cluster: OwnCluster | undefined): OwnCluster {
  if (cluster) return cluster;
  throw new Fault(addressNotFound, 'this is no pod with a service account');
}
