import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster, Node, Tier } from '../cluster.ts';
import type { KubernetesServer } from '../kubernetes-server.ts';
import type { PrometheusServer } from '../prometheus-server.ts';
import { HTTP } from '../tandem-process.ts';
import { Autoscaler, type AutoscalerOptions, type Measured } from './autoscaler.ts';
import { TierPods } from './tier-pods.ts';

/** When a tier is to grow and to shrink. */
export interface TierScaling extends AutoscalerOptions {
  readonly tier: Tier;
  readonly triggers: readonly { readonly query: string; readonly perPod: number }[];
}

export interface ScalingLoopOptions {
  readonly cluster: Cluster;
  readonly prometheus: PrometheusServer;
  readonly kubernetes: KubernetesServer;
  readonly scalings: readonly TierScaling[];
  /** What the names of pods begin with, and their namespace, for labels of what is scraped. */
  readonly release: { readonly namespace: string; readonly name: string };
  /** Told whenever other nodes of a tier are ready than before. */
  readonly ready: (tier: Tier, nodes: readonly Node[]) => void;
}

interface ScaledTier {
  readonly pods: TierPods;
  readonly scaling: TierScaling;
  readonly autoscaler: Autoscaler;
}

/** Milliseconds between two looks. */
const PERIOD = 1_000;

/** What Kubernetes and KEDA do with a release: reads metrics, decides how many pods there shall be, starts and ends them. */
export class ScalingLoop {
  readonly #options: ScalingLoopOptions;
  readonly #tiers: readonly ScaledTier[];
  readonly #measured = new Map<Tier, readonly Measured[]>();
  readonly #stop = new AbortController();
  readonly #looking: Promise<void>;

  constructor(options: ScalingLoopOptions) {
    this.#options = options;
    const { cluster, kubernetes, ready, scalings } = options;
    this.#tiers = scalings.map((scaling) => {
      const pods: TierPods = new TierPods(scaling.tier, cluster, kubernetes, () =>
        ready(scaling.tier, pods.ready),
      );
      return { pods, scaling, autoscaler: new Autoscaler(scaling) };
    });
    this.#looking = this.#look();
  }

  /** What those pods of a tier that were ended said that they cost. */
  costs(tier: Tier): readonly number[] {
    return this.#tiers.find(({ pods }) => pods.tier === tier)!.pods.costs;
  }

  /** Whether each tier has so many pods, all of them ready, and none that leaves. */
  is(counts: Partial<Readonly<Record<Tier, number>>>): boolean {
    return this.#tiers.every(({ pods }) => {
      const wanted = counts[pods.tier] ?? pods.nodes.length;
      return pods.nodes.length === wanted && pods.ready.length === wanted;
    });
  }

  /** What it has come to and measured last, for messages. */
  get summary(): string {
    const told = this.#tiers.map(({ pods: { nodes, ready, tier } }) => {
      const shares = (this.#measured.get(tier) ?? []).map(({ perPod, value }) => `${value}/${perPod}`);
      return `${tier} ${ready.length} of ${nodes.length} ready by ${shares.join(' ')}`;
    });
    return told.join(', ');
  }

  /** Looks no more, and waits for what has begun. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#looking;
    await Promise.all(this.#tiers.map(({ pods }) => pods.settled()));
  }

  async #look(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#options.prometheus.scrape(this.#targets());
      for (const tier of this.#tiers) await this.#scale(tier);
      await delay(PERIOD, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #scale({ autoscaler, pods, scaling }: ScaledTier): Promise<void> {
    const measured: Measured[] = [];
    for (const { perPod, query } of scaling.triggers) {
      const value = await this.#options.prometheus.value(query);
      // Where a metric is missing nobody knows what to do.
      if (value === undefined) return;
      measured.push({ value, perPod });
    }
    this.#measured.set(pods.tier, measured);
    pods.scaleTo(autoscaler.decide(pods.replicas, measured, performance.now()));
  }

  #targets(): Parameters<PrometheusServer['scrape']>[0] {
    const { namespace, name } = this.#options.release;
    return this.#tiers.flatMap(({ pods }) =>
      pods.nodes.map(({ address, id }) => ({
        address: `${address}:${HTTP}`,
        labels: { namespace, pod: `${name}-${id}` },
      })),
    );
  }
}
