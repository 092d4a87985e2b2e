import { command } from './command.ts';
import type { Host } from './host.ts';
import type { Network } from './network.ts';

/**
 * An address that several hosts share, as behind a router with a route to one of them: all have it on their loopback and
 * may send from it, and one at a time gets what is sent to it.
 */
export class VirtualAddress {
  readonly address: string;
  readonly #network: Network;
  #holder: Host | undefined;

  constructor(network: Network) {
    this.address = network.freeAddress();
    this.#network = network;
  }

  /** The host that gets what is sent to it. */
  get holder(): Host | undefined {
    return this.#holder;
  }

  /** Lets a host share it. */
  async share(host: Host): Promise<void> {
    // Only the one that has it on the network says so when somebody asks.
    await host.run(['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore']);
    await host.run(['ip', '-batch', '-'], `addr add ${this.address}/32 dev lo`);
  }

  /** Gives it to a host and takes it from the one that had it; everybody on the network knows when this returns. */
  async move(to: Host): Promise<void> {
    const local = `${this.address}/32 dev eth0`;
    await this.#holder?.run(['ip', '-batch', '-'], `addr del ${local}`);
    await to.run(['ip', '-batch', '-'], `addr add ${local}`);
    this.#holder = to;
    await this.#announce(to, await hardwareOf(to));
  }

  // What a gratuitous ARP does, except that a neighbour's kernel may let that pass for a second after the last one.
  async #announce(holder: Host, hardware: string): Promise<void> {
    const entry = (device: string) =>
      `neigh replace ${this.address} lladdr ${hardware} dev ${device} nud reachable`;
    const others = this.#network.hosts.filter((host) => host !== holder);
    await Promise.all([
      command(['ip', '-batch', '-'], entry(this.#network.bridge)),
      ...others.map((host) => host.run(['ip', '-batch', '-'], entry('eth0'))),
    ]);
  }
}

async function hardwareOf(host: Host): Promise<string> {
  const [, , hardware] = (await host.run(['ip', '-brief', 'link', 'show', 'eth0'])).split(/\s+/);
  if (!hardware?.includes(':')) throw new Error(`${host.name}: no hardware address`);
  return hardware;
}
