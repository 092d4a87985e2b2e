import type { Socket } from 'node:net';

/** Connections of one source of which nothing whole has come yet, and of all sources. */
const maxPerSource = 128;
const maxTotal = 1_000;

/** Accepted connections of which nothing whole has come yet. Where there are too many the oldest make room. */
export class HalfOpen {
  /** How many had to make room. */
  evicted = 0;
  /** Oldest first. */
  readonly #all = new Map<Socket, number>();
  readonly #bySource = new Map<number, Set<Socket>>();

  get size(): number {
    return this.#all.size;
  }

  /** `source` stands for whom it is counted for. */
  add(socket: Socket, source: number): void {
    const same = this.#bySource.get(source) ?? new Set();
    if (same.size >= maxPerSource) this.#evict(same);
    else if (this.#all.size >= maxTotal) this.#evict(this.#all.keys());
    this.#bySource.set(source, same.add(socket));
    this.#all.set(socket, source);
    socket.once('close', () => this.done(socket));
  }

  /** It has sent something whole, or is gone. */
  done(socket: Socket): void {
    const source = this.#all.get(socket);
    if (source === undefined) return;
    this.#all.delete(socket);
    const same = this.#bySource.get(source);
    if (same?.delete(socket) && same.size === 0) this.#bySource.delete(source);
  }

  #evict(oldest: Iterable<Socket>): void {
    for (const socket of oldest) {
      this.evicted++;
      this.done(socket);
      socket.destroy();
      return;
    }
  }
}
