import { type Kubernetes, servicesIn } from '@tandem/platform';
import { z } from 'zod';

/** A Service that leads from outside to nodes, as far as a doctor looks at it. */
export interface LeadingService {
  readonly name: string;
  readonly type: string;
  /** The tier that it leads to. */
  readonly component: string;
  /** The one pod that it leads to, where it is one. */
  readonly pod: string | undefined;
  /** Addresses and names that a controller of load balancers has given it. */
  readonly addresses: readonly string[];
  /** What is led on, such as `UDP 5060`. */
  readonly ports: ReadonlySet<string>;
}

const port = z.object({
  port: z.number(),
  protocol: z.string().default('TCP'),
  nodePort: z.number().optional(),
});
const ingress = z.object({ ip: z.string().optional(), hostname: z.string().optional() });
const schema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    type: z.string().default('ClusterIP'),
    selector: z.record(z.string(), z.string()).default({}),
    ports: z.array(port).default([]),
  }),
  status: z
    .object({ loadBalancer: z.object({ ingress: z.array(ingress).default([]) }).default({ ingress: [] }) })
    .default({ loadBalancer: { ingress: [] } }),
});

/** The Services of this namespace with some labels that lead in from outside. Rejects as {@link Kubernetes} does. */
export async function leadingServices(
  api: Pick<Kubernetes, 'list' | 'namespace'>,
  labels: string,
): Promise<LeadingService[]> {
  const found = await api.list(servicesIn(api.namespace), schema, { labels });
  return found.map(leadingService).filter(({ type }) => type === 'LoadBalancer' || type === 'NodePort');
}

function leadingService({ metadata, spec, status }: z.infer<typeof schema>): LeadingService {
  const { ports, selector, type } = spec;
  const numberOf = ({ nodePort, port: own }: z.infer<typeof port>): number =>
    type === 'NodePort' ? (nodePort ?? own) : own;
  return {
    name: metadata.name,
    type,
    component: selector['app.kubernetes.io/component'] ?? '',
    pod: selector['statefulset.kubernetes.io/pod-name'],
    addresses: status.loadBalancer.ingress.flatMap(({ hostname, ip }) => ip ?? hostname ?? []),
    ports: new Set(ports.map((each) => `${each.protocol} ${numberOf(each)}`)),
  };
}
