import type { Cluster, Node, Tier } from '../cluster.ts';
import type { KubernetesServer } from '../kubernetes-server.ts';

/** Longer than a node takes to hand over what it has. */
const LEAVES = 60_000;
const annotation = 'controller.kubernetes.io/pod-deletion-cost';
const folder = '/api/v1/namespaces/tandem/pods';

type State = 'starting' | 'ready' | 'leaving';

/**
 * The nodes of a tier as pods of a Deployment: those that are too many are ended as a ReplicaSet does it, the one with the
 * lowest deletion cost first.
 */
export class TierPods {
  readonly tier: Tier;
  /** What those that were ended said that they cost. */
  readonly costs: number[] = [];
  readonly #cluster: Cluster;
  readonly #kubernetes: KubernetesServer;
  readonly #changed: () => void;
  readonly #states = new Map<Node, State>();
  readonly #ends: Promise<void>[] = [];
  /** The number of the last one. */
  #last: number;

  /** `changed` is called when a node has become ready or begins to leave. */
  constructor(tier: Tier, cluster: Cluster, kubernetes: KubernetesServer, changed: () => void) {
    this.tier = tier;
    this.#cluster = cluster;
    this.#kubernetes = kubernetes;
    this.#changed = changed;
    for (const node of cluster.nodes.filter((each) => each.tier === tier)) this.#states.set(node, 'ready');
    this.#last = this.#states.size;
  }

  /** All that run, in whichever state. */
  get nodes(): readonly Node[] {
    return [...this.#states.keys()];
  }

  get ready(): readonly Node[] {
    return this.#in('ready');
  }

  /** How many there are, without those that leave. */
  get replicas(): number {
    return this.#states.size - this.#in('leaving').length;
  }

  /** Begins to start or to end as many as are missing or too many. */
  scaleTo(wanted: number): void {
    for (let missing = wanted - this.replicas; missing > 0; missing -= 1) this.#ends.push(this.#start());
    // Kubernetes would give up those first that are not ready: with one of them gone nothing is learnt.
    if (this.#in('starting').length > 0) return;
    const spare = this.ready.toSorted((one, other) => this.#cost(one) - this.#cost(other));
    for (const node of spare.slice(0, Math.max(0, this.replicas - wanted))) {
      this.costs.push(this.#cost(node));
      this.#ends.push(this.#end(node));
    }
  }

  /** Waits until what has begun is over. */
  async settled(): Promise<void> {
    await Promise.all(this.#ends);
  }

  async #start(): Promise<void> {
    const id = `${this.tier}-${++this.#last}`;
    podOf(this.#kubernetes, id);
    const node = await this.#cluster.add(this.tier, id, flagsOf(id));
    this.#states.set(node, 'starting');
    await node.start();
    this.#states.set(node, 'ready');
    this.#changed();
  }

  async #end(node: Node): Promise<void> {
    this.#states.set(node, 'leaving');
    const left = node.leave(LEAVES);
    this.#changed();
    const { code } = await left;
    this.#states.delete(node);
    if (code !== 0) throw new Error(`${node.id} ended with ${code}`);
  }

  #cost({ id }: Node): number {
    return Number(this.#kubernetes.objects.get(`${folder}/${id}`)?.metadata.annotations?.[annotation] ?? 0);
  }

  #in(state: State): Node[] {
    return [...this.#states].filter(([, each]) => each === state).map(([node]) => node);
  }
}

/** Makes the pod of a node. */
export function podOf(kubernetes: KubernetesServer, id: string): void {
  kubernetes.put(`${folder}/${id}`);
}

/** By which a node knows that it is a pod. */
export function flagsOf(id: string): readonly string[] {
  return ['--pod-name', id];
}
