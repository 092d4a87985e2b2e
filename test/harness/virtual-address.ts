import { command } from './command.ts';
import type { Host } from './host.ts';
import type { Network } from './network.ts';

/** An address that one host of several has at a time, as keepalived would move it. */
export class VirtualAddress {
  readonly address: string;
  readonly #network: Network;
  #holder: Host | undefined;

  constructor(network: Network) {
    this.address = network.freeAddress();
    this.#network = network;
  }

  /** The host that has it. */
  get holder(): Host | undefined {
    return this.#holder;
  }

  /** Lets programs of a host listen on it before the host has it. */
  async allow(host: Host): Promise<void> {
    await host.run(['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_nonlocal_bind']);
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
