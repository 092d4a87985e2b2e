import { type AddressBlock, type IpAddress, maskAddress } from './address-block.ts';

type Networks<V> = Map<IpAddress, V>;

/** Values of blocks of addresses. To find an address takes a look for each length of prefix that is in use. */
export class BlockMap<V> {
  /** The longest prefix first, each family by itself. */
  #v4: (readonly [bits: number, networks: Networks<V>])[] = [];
  #v6: (readonly [bits: number, networks: Networks<V>])[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The value of the narrowest block that has the address. */
  find(address: IpAddress): V | undefined {
    if (this.#size === 0) return undefined;
    for (const [bits, networks] of typeof address === 'number' ? this.#v4 : this.#v6) {
      const value = networks.get(maskAddress(address, bits));
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** The value of exactly this block. */
  get(block: AddressBlock): V | undefined {
    return this.#networks(block)?.get(block.network);
  }

  set(block: AddressBlock, value: V): void {
    const known = this.#networks(block);
    const networks = known ?? new Map<IpAddress, V>();
    if (!networks.has(block.network)) this.#size++;
    networks.set(block.network, value);
    if (!known) this.#keep(block, [...this.#family(block), [block.bits, networks]]);
  }

  delete(block: AddressBlock): void {
    const networks = this.#networks(block);
    if (!networks?.delete(block.network)) return;
    this.#size--;
    if (networks.size > 0) return;
    const others = this.#family(block).filter(([bits]) => bits !== block.bits);
    this.#keep(block, others);
  }

  #family({ network }: AddressBlock): (readonly [bits: number, networks: Networks<V>])[] {
    return typeof network === 'number' ? this.#v4 : this.#v6;
  }

  #networks(block: AddressBlock): Networks<V> | undefined {
    return this.#family(block).find(([bits]) => bits === block.bits)?.[1];
  }

  #keep({ network }: AddressBlock, family: (readonly [bits: number, networks: Networks<V>])[]): void {
    family.sort(([one], [other]) => other - one);
    if (typeof network === 'number') this.#v4 = family;
    else this.#v6 = family;
  }
}
