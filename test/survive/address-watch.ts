import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../harness/cluster.ts';

/** Milliseconds between two looks. */
const LOOK = 100;

/** Gives the shared address to an edge that is ready as soon as the one that has it is not, as keepalived does. */
export class AddressWatch {
  readonly #cluster: Cluster;
  readonly #watching: Promise<void>;
  #isOver = false;

  private constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#watching = this.#watch();
  }

  static begin(cluster: Cluster): AddressWatch {
    return new AddressWatch(cluster);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      await this.#look();
      await delay(LOOK);
    }
  }

  async #look(): Promise<void> {
    const edges = this.#cluster.nodes.filter(({ tier }) => tier === 'edge');
    const holder = edges.find(({ host }) => host === this.#cluster.shared.holder);
    if (await holder?.isReady()) return;
    for (const edge of edges) {
      if (await edge.isReady()) return this.#cluster.shared.move(edge.host);
    }
  }
}
