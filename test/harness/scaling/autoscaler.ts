/** How fast replicas may follow, as `behavior` of a HorizontalPodAutoscaler says it. */
interface ScalingRules {
  readonly stabilizationWindowSeconds: number;
  readonly policies: readonly {
    readonly type: 'Pods' | 'Percent';
    readonly value: number;
    readonly periodSeconds: number;
  }[];
}

export interface AutoscalerOptions {
  readonly min: number;
  readonly max: number;
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** A metric as a sum over all pods, and how much of it is for one of them. */
export interface Measured {
  readonly value: number;
  readonly perPod: number;
}

/** A difference that changes nothing. */
const tolerance = 0.1;

interface Moment {
  readonly at: number;
  readonly replicas: number;
}

/**
 * What the HorizontalPodAutoscaler of Kubernetes does with metrics whose target is an AverageValue: the most that any of them
 * asks for, not before it was asked for during the whole window, and in steps. Time is in milliseconds.
 */
export class Autoscaler {
  readonly #options: AutoscalerOptions;
  /** What was asked for. */
  #asked: Moment[] = [];
  /** What was decided. */
  #had: Moment[] = [];

  constructor(options: AutoscalerOptions) {
    this.#options = options;
  }

  /** How many there shall be where there are `current`. */
  decide(current: number, measured: readonly Measured[], now: number): number {
    const { max, min, scaleDown, scaleUp } = this.#options;
    const asked = Math.max(...measured.map((one) => wanted(current, one)));
    this.#asked = [...this.#asked, { at: now, replicas: asked }];
    this.#had = [...this.#had, { at: now, replicas: current }];
    const least = Math.min(...since(this.#asked, now, scaleUp.stabilizationWindowSeconds));
    const most = Math.max(...since(this.#asked, now, scaleDown.stabilizationWindowSeconds));
    const stable = current < least ? least : Math.min(current, most);
    const decided = Math.min(Math.max(stable, this.#lowest(current, now)), this.#highest(current, now));
    return Math.min(max, Math.max(min, decided));
  }

  #highest(current: number, now: number): number {
    const { policies } = this.#options.scaleUp;
    const limits = policies.map(({ periodSeconds, type, value }) => {
      const from = Math.min(current, ...since(this.#had, now, periodSeconds));
      return type === 'Pods' ? from + value : Math.ceil(from * (1 + value / 100));
    });
    return Math.max(current, ...limits);
  }

  #lowest(current: number, now: number): number {
    const { policies } = this.#options.scaleDown;
    const limits = policies.map(({ periodSeconds, type, value }) => {
      const from = Math.max(current, ...since(this.#had, now, periodSeconds));
      return type === 'Pods' ? from - value : Math.floor(from * (1 - value / 100));
    });
    return Math.min(current, ...limits);
  }
}

function wanted(current: number, { perPod, value }: Measured): number {
  if (Math.abs(value / (perPod * current) - 1) <= tolerance) return current;
  return Math.ceil(value / perPod);
}

function since(moments: readonly Moment[], now: number, seconds: number): number[] {
  const recent = moments.filter(({ at }) => at > now - seconds * 1_000);
  return (recent.length > 0 ? recent : moments.slice(-1)).map(({ replicas }) => replicas);
}
