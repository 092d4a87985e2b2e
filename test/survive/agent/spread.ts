import type { Node } from '../../harness/cluster.ts';
import type { Agent } from './agent.ts';

const SIP = 5060;

/**
 * Shares agents among the edges that take calls, as names with SRV records do. Who has an edge that goes on keeps it, as far
 * as all have about as many.
 */
export class Spread {
  readonly #edges = new Map<Agent, Node | undefined>();

  constructor(agents: readonly Agent[]) {
    for (const agent of agents) this.#edges.set(agent, undefined);
  }

  over(edges: readonly Node[]): void {
    const share = Math.ceil(this.#edges.size / edges.length);
    const had = new Map(edges.map((edge) => [edge, 0]));
    const homeless = [...this.#edges].filter(([, edge]) => {
      const count = edge && had.get(edge);
      if (count === undefined || count >= share) return true;
      had.set(edge!, count + 1);
      return false;
    });
    for (const [agent] of homeless) {
      const [edge, count] = [...had].toSorted(([, one], [, other]) => one - other)[0]!;
      had.set(edge, count + 1);
      this.#edges.set(agent, edge);
      agent.moveTo(`${edge.address}:${SIP}`);
    }
  }
}
