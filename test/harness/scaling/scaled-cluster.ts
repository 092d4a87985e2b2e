import { Cluster, type ClusterOptions, type Node, type Tier } from '../cluster.ts';
import { KubernetesServer } from '../kubernetes-server.ts';
import { PrometheusServer } from '../prometheus-server.ts';
import type { Tenant } from '../tandem.ts';
import { sources } from '../tandem-process.ts';
import { release } from './of-chart.ts';
import { ScalingLoop, type TierScaling } from './scaling-loop.ts';
import { flagsOf, podOf } from './tier-pods.ts';

/** A node sees its service account where pods do, which no other process does. */
const inPod = [
  ...['unshare', '--mount', 'sh', '-c'],
  'mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io && ' +
    'cp -r "$SERVICE_ACCOUNT" /run/secrets/kubernetes.io/serviceaccount && exec "$@"',
  'sh',
] as const;

/** Here everybody reaches pods; and an edge whose timers are late, as on a machine that others use as well, refuses no call. */
const inPlace = { TANDEM_ADVERTISE_POD: 'on', TANDEM_SIP_SHEDDING: 'off' };

export interface ScaledClusterOptions {
  readonly tenant: Tenant;
  readonly scalings: readonly TierScaling[];
}

/** A cluster whose edges, routers and media workers come and go as Kubernetes would have them. */
export class ScaledCluster {
  readonly cluster: Cluster;
  readonly kubernetes: KubernetesServer;
  readonly loop: ScalingLoop;
  readonly #prometheus: PrometheusServer;
  #ready: (nodes: readonly Node[]) => void = () => undefined;

  private constructor(
    cluster: Cluster,
    kubernetes: KubernetesServer,
    prometheus: PrometheusServer,
    scalings: readonly TierScaling[],
  ) {
    this.cluster = cluster;
    this.kubernetes = kubernetes;
    this.#prometheus = prometheus;
    const ready = (tier: Tier, nodes: readonly Node[]): void => {
      if (tier === 'edge') void this.#share(nodes);
    };
    this.loop = new ScalingLoop({ cluster, kubernetes, prometheus, scalings, release, ready });
  }

  /** Starts it with the least of each tier. */
  static async start(purpose: string, { scalings, tenant }: ScaledClusterOptions): Promise<ScaledCluster> {
    let kubernetes: KubernetesServer | undefined;
    const counts = Object.fromEntries(scalings.map(({ min, tier }) => [tier, min]));
    const ids = scalings.flatMap(({ min, tier }) =>
      Array.from({ length: min }, (_, index) => `${tier}-${index + 1}`),
    );
    const env: ClusterOptions['env'] = async (gateway) => {
      kubernetes = await KubernetesServer.start(gateway);
      for (const id of ids) podOf(kubernetes, id);
      return { ...kubernetes.env, ...inPlace, SERVICE_ACCOUNT: kubernetes.folder };
    };
    const nodeFlags = Object.fromEntries(ids.map((id) => [id, flagsOf(id)]));
    const program = { ...sources, node: [...inPod, ...sources.node] as const };
    const prometheus = await PrometheusServer.start();
    const cluster = await Cluster.start(purpose, { tenant, counts, env, nodeFlags, program });
    return new ScaledCluster(cluster, kubernetes!, prometheus, scalings);
  }

  /** Tells of the edges that take calls, now and whenever they are others. */
  onEdges(told: (edges: readonly Node[]) => void): void {
    this.#ready = told;
    told(this.cluster.nodes.filter(({ tier }) => tier === 'edge'));
  }

  async close(): Promise<void> {
    await this.loop.stop();
    await this.#prometheus.close();
    await this.cluster.close();
    await this.kubernetes.close();
  }

  /** The address that all share goes to one that takes calls, as a virtual IP does. */
  async #share(edges: readonly Node[]): Promise<void> {
    this.#ready(edges);
    const { holder } = this.cluster.shared;
    if (edges.some(({ host }) => host === holder)) return;
    await this.cluster.shared.move(edges[0]!.host);
  }
}
