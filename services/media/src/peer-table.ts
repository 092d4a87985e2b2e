/**
 * Values by (address, port), looked up straight from the columns of a batch without making a key: hashing with linear
 * probing, at most half full.
 */
export class PeerTable<T> {
  #size = 0;
  #mask = 7;
  #addresses = new Float64Array(8);
  #ports = new Uint16Array(8);
  #values: (T | undefined)[] = new Array<T | undefined>(8).fill(undefined);

  get size(): number {
    return this.#size;
  }

  /** The value of the address and port at `index`. */
  find(addresses: Float64Array, ports: Uint16Array, index: number): T | undefined {
    const address = addresses[index]!;
    const port = ports[index]!;
    let at = spread(address, port) & this.#mask;
    let value = this.#values[at];
    while (value !== undefined && (this.#ports[at] !== port || this.#addresses[at] !== address)) {
      at = (at + 1) & this.#mask;
      value = this.#values[at];
    }
    return value;
  }

  set(address: number, port: number, value: T): void {
    const at = this.#place(address, port);
    if (this.#values[at] === undefined) this.#size++;
    this.#addresses[at] = address;
    this.#ports[at] = port;
    this.#values[at] = value;
    if (this.#size * 2 > this.#mask) this.#grow();
  }

  delete(address: number, port: number): void {
    const at = this.#place(address, port);
    if (this.#values[at] === undefined) return;
    this.#values[at] = undefined;
    this.#size--;
    // What follows may have been pushed on by the one that is gone.
    for (let next = (at + 1) & this.#mask; this.#values[next] !== undefined; next = (next + 1) & this.#mask) {
      const [movedAddress, movedPort, moved] = [
        this.#addresses[next]!,
        this.#ports[next]!,
        this.#values[next]!,
      ];
      this.#values[next] = undefined;
      this.#size--;
      this.set(movedAddress, movedPort, moved);
    }
  }

  #place(address: number, port: number): number {
    let at = spread(address, port) & this.#mask;
    while (this.#values[at] !== undefined && (this.#ports[at] !== port || this.#addresses[at] !== address)) {
      at = (at + 1) & this.#mask;
    }
    return at;
  }

  #grow(): void {
    const [addresses, ports, values] = [this.#addresses, this.#ports, this.#values];
    const room = values.length * 2;
    this.#size = 0;
    this.#mask = room - 1;
    this.#addresses = new Float64Array(room);
    this.#ports = new Uint16Array(room);
    this.#values = new Array<T | undefined>(room).fill(undefined);
    for (const [at, value] of values.entries()) {
      if (value !== undefined) this.set(addresses[at]!, ports[at]!, value);
    }
  }
}

function spread(address: number, port: number): number {
  const hash = Math.imul((address | 0) ^ Math.imul(port, 0x9e3779b1), 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
