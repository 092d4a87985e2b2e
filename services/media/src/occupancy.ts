import { confusable, type Expectation, isSamePort } from './expectation.ts';

/** Something at a port pair that packets are expected for. */
export interface Resident {
  expectations: readonly Expectation[];
}

/** The residents of one port pair, found by the IP addresses that their packets come from. */
export class Occupancy<T extends Resident> {
  readonly #all = new Set<T>();
  readonly #byAddress = new Map<number, T[]>();

  get size(): number {
    return this.#all.size;
  }

  /** The only one; undefined when there are none or several. */
  get sole(): T | undefined {
    return this.#all.size === 1 ? this.#all.values().next().value : undefined;
  }

  /** All that expect packets from an IP address. */
  at(address: number): readonly T[] {
    return this.#byAddress.get(address) ?? [];
  }

  add(resident: T): void {
    this.#all.add(resident);
    for (const address of addresses(resident)) {
      const residents = this.#byAddress.get(address);
      if (residents) residents.push(resident);
      else this.#byAddress.set(address, [resident]);
    }
  }

  remove(resident: T): void {
    if (!this.#all.delete(resident)) return;
    for (const address of addresses(resident)) {
      const others = this.at(address).filter((other) => other !== resident);
      if (others.length > 0) this.#byAddress.set(address, others);
      else this.#byAddress.delete(address);
    }
  }

  /** Changes where a resident's packets come from. */
  expect(resident: T, expectations: readonly Expectation[]): void {
    this.remove(resident);
    resident.expectations = expectations;
    this.add(resident);
  }

  /** Whether a packet could meet one of the expectations and a resident as well. */
  confuses(expectations: readonly Expectation[], except?: T): boolean {
    return this.#some(expectations, confusable, except);
  }

  /** Whether a resident expects packets from the very same port. */
  claims(expectations: readonly Expectation[], except?: T): boolean {
    return this.#some(expectations, isSamePort, except);
  }

  #some(
    expectations: readonly Expectation[],
    collide: (own: Expectation, other: Expectation) => boolean,
    except: T | undefined,
  ): boolean {
    return expectations.some((other) =>
      this.at(other.address).some(
        (resident) => resident !== except && resident.expectations.some((own) => collide(own, other)),
      ),
    );
  }
}

function addresses({ expectations }: Resident): Set<number> {
  return new Set(expectations.map(({ address }) => address));
}
