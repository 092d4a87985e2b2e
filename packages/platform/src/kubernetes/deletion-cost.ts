import type { Log } from '../log.ts';
import type { Kubernetes } from './kubernetes.ts';
import { podStatus } from './place.ts';

/** Of the pods that a ReplicaSet could do without, it removes the one with the lowest value first; 0 when there is none. */
const annotation = 'controller.kubernetes.io/pod-deletion-cost';
/** Below that of every pod that takes calls. */
const leaving = -(2 ** 31);
/** From here on, calls are told in steps of a hundredth part. */
const exactly = 100;

/** What a pod holds, and whether it gives that to others already. */
export interface Holding {
  readonly calls: number;
  readonly isDraining: boolean;
}

/** What it costs to remove a pod: its calls, to two digits, so that a change of it is one of weight. */
export function deletionCost({ calls, isDraining }: Holding): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(calls, exactly))) - 1);
  const cost = calls < exactly ? calls : Math.floor(calls / step) * step;
  return isDraining ? leaving + cost : cost;
}

export interface DeletionCostOptions {
  readonly kubernetes: Pick<Kubernetes, 'namespace' | 'patch'>;
  readonly pod: string;
  readonly holding: () => Holding;
  readonly log: Log;
}

/** Milliseconds between two looks: at most so often is one pod changed. */
const lookEvery = 5_000;

/** Keeps what it costs to remove a pod in its annotation, as long as it runs. */
export class KeptDeletionCost {
  readonly #options: DeletionCostOptions;
  readonly #timer: NodeJS.Timeout;
  #told: number | undefined;
  #telling: Promise<void> | undefined;
  #hasFailed = false;

  constructor(options: DeletionCostOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), lookEvery);
    void this.look();
  }

  /** Tells of the cost when it is another one; what cannot be told is told at the next look. */
  look(): Promise<void> {
    this.#telling ??= this.#tell().finally(() => {
      this.#telling = undefined;
    });
    return this.#telling;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #tell(): Promise<void> {
    const { holding, kubernetes, log, pod } = this.#options;
    const cost = deletionCost(holding());
    if (cost === this.#told) return;
    try {
      const place = podStatus(kubernetes.namespace, pod);
      await kubernetes.patch(place, { metadata: { annotations: { [annotation]: String(cost) } } });
      this.#told = cost;
      if (this.#hasFailed) log.info({ pod }, 'what it costs to remove this pod is told again');
      this.#hasFailed = false;
    } catch (err) {
      // Once: calls go on without it, and a pod that may not is told so every five seconds otherwise.
      if (!this.#hasFailed) log.warn({ err, pod }, 'what it costs to remove this pod cannot be told');
      this.#hasFailed = true;
    }
  }
}
