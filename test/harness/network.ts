import { command } from './command.ts';
import { Host } from './host.ts';

const SUBNETS = 0x4000;

/** A bridge of its own in the namespace of the tests, with the hosts on it. The test process is its gateway. */
export class Network {
  static readonly #live = new Set<Network>();
  readonly #purpose: string;
  readonly #bridge: string;
  readonly #subnet: string;
  readonly #hosts: Host[] = [];
  readonly #guests: (() => Promise<void>)[] = [];
  #addresses = 1;

  private constructor(purpose: string, bridge: string, subnet: string) {
    this.#purpose = purpose;
    this.#bridge = bridge;
    this.#subnet = subnet;
    Network.#live.add(this);
  }

  /** `purpose` heads what is shown of it when a test fails. */
  static async open(purpose: string): Promise<Network> {
    for (let index = 0; index < SUBNETS; index += 1) {
      const bridge = `tandem${index}`;
      const subnet = `10.${64 + (index >> 8)}.${index & 0xff}`;
      if (await create(bridge, `${subnet}.1`)) return new Network(purpose, bridge, subnet);
    }
    throw new Error('every test subnet is in use');
  }

  static async closeAll(): Promise<void> {
    await Promise.all([...Network.#live].map((network) => network.close()));
  }

  /** What everything on the open networks has printed. */
  static transcript(): string {
    return [...Network.#live]
      .flatMap((network) => [`=== ${network.#purpose}\n`, ...network.#hosts.map((host) => host.transcript())])
      .join('');
  }

  /** The test process's own address, as the hosts see it. */
  get gateway(): string {
    return `${this.#subnet}.1`;
  }

  /** The device that the test process is on the network with. */
  get bridge(): string {
    return this.#bridge;
  }

  get hosts(): readonly Host[] {
    return this.#hosts;
  }

  /** An address that no host has from its start. */
  freeAddress(): string {
    return `${this.#subnet}.${++this.#addresses}`;
  }

  async host(name: string): Promise<Host> {
    const host = await Host.start(name, this.freeAddress());
    this.#hosts.push(host);
    await host.connect(this.#bridge, this.gateway);
    return host;
  }

  /** Has `close` called before the hosts go: for what runs on the gateway. */
  attach(close: () => Promise<void>): void {
    this.#guests.push(close);
  }

  async close(): Promise<void> {
    if (!Network.#live.delete(this)) return;
    await Promise.all(this.#guests.map((close) => close()));
    await Promise.all(this.#hosts.map((host) => host.close()));
    await command(['ip', 'link', 'del', this.#bridge]);
  }
}

// The kernel gives a name only once, so it is the arbiter between test files that run at the same time.
async function create(bridge: string, address: string): Promise<boolean> {
  const batch = [
    // Without an address of its own it takes the lowest of its hosts', and those that know it lose it at each change.
    `link add ${bridge} address 02:00:00:00:00:01 type bridge`,
    `addr add ${address}/24 dev ${bridge}`,
    `link set ${bridge} up`,
  ];
  try {
    await command(['ip', '-batch', '-'], batch.join('\n'));
    return true;
  } catch (error) {
    if (String(error).includes('File exists')) return false;
    throw error;
  }
}
