import type { BindingFlow } from './binding.ts';

/** Which addresses of record were registered over a connection. */
export class FlowIndex {
  /** By edge and connection. Nearly always it is one, and then a list would cost more than all the rest. */
  readonly #edges = new Map<string, Map<number, string | string[]>>();

  /** Datagram flows have no end, so they are not kept. */
  add({ edge, connection }: BindingFlow, aor: string): void {
    if (connection === 0) return;
    const connections = this.#edges.get(edge) ?? new Map<number, string | string[]>();
    this.#edges.set(edge, connections);
    const known = listOf(connections.get(connection));
    if (known.includes(aor)) return;
    connections.set(connection, known.length === 0 ? aor : [...known, aor]);
  }

  /** Forgets a connection and returns who may have a binding over it. */
  take(edge: string, connection: number): readonly string[] {
    const connections = this.#edges.get(edge);
    const known = listOf(connections?.get(connection));
    connections?.delete(connection);
    if (connections?.size === 0) this.#edges.delete(edge);
    return known;
  }
}

function listOf(known: string | string[] | undefined): readonly string[] {
  return typeof known === 'string' ? [known] : (known ?? []);
}
