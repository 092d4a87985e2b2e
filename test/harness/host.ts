import { readFile } from 'node:fs/promises';
import { command } from './command.ts';
import { until } from './deadline.ts';
import { Process, type ProcessOptions } from './process.ts';

export type Protocol = 'udp' | 'tcp';

const LISTENING = { udp: '07', tcp: '0A' };

/** A machine of its own: a network namespace with one address, kept open by a process that does nothing else. */
export class Host {
  readonly name: string;
  readonly address: string;
  readonly #holder: Process;
  readonly #processes: Process[] = [];
  readonly #cable: string;

  private constructor(name: string, address: string, holder: Process) {
    this.name = name;
    this.address = address;
    this.#holder = holder;
    // Named by a process id, which no other host has.
    this.#cable = `veth${holder.pid}`;
  }

  static async start(name: string, address: string): Promise<Host> {
    const hold = 'ip link set lo up && echo ready && exec sleep infinity';
    const holder = new Process(`${name}: namespace`, ['unshare', '--net', 'sh', '-c', hold]);
    await holder.line(/^ready$/);
    return new Host(name, address, holder);
  }

  /** Plugs the host into a bridge. */
  async connect(bridge: string, gateway: string): Promise<void> {
    const cable = this.#cable;
    await command(
      ['ip', '-batch', '-'],
      `link add ${cable} type veth peer name eth0 netns ${this.#holder.pid}\nlink set ${cable} master ${bridge} up`,
    );
    await this.run(
      ['ip', '-batch', '-'],
      `addr add ${this.address}/24 dev eth0\nlink set eth0 up\nroute add default via ${gateway}`,
    );
  }

  /** Plugs it into another bridge as well. */
  async connectTo(bridge: string, address: string): Promise<void> {
    const cable = `${this.#cable}b`;
    await command(
      ['ip', '-batch', '-'],
      `link add ${cable} type veth peer name eth1 netns ${this.#holder.pid}\nlink set ${cable} master ${bridge} up`,
    );
    await this.run(['ip', '-batch', '-'], `addr add ${address}/24 dev eth1\nlink set eth1 up`);
  }

  /** Pulls its cable, at the other end: the host keeps its addresses and routes. */
  async unplug(): Promise<void> {
    await command(['ip', 'link', 'set', this.#cable, 'down']);
  }

  async plug(): Promise<void> {
    await command(['ip', 'link', 'set', this.#cable, 'up']);
  }

  /** Runs a short command here, such as iptables, to its end. */
  async run(argv: readonly string[], input?: string): Promise<string> {
    return command([...this.#inside(), ...argv], input);
  }

  /** Starts a program here; it ends with the host at the latest. */
  spawn(argv: readonly [string, ...string[]], options?: ProcessOptions): Process {
    const process = new Process(`${this.name}: ${argv[0]}`, [...this.#inside(), ...argv], options);
    this.#processes.push(process);
    return process;
  }

  /** Waits until something here listens on `port`. */
  async listening(protocol: Protocol, port: number): Promise<void> {
    const open = async () => (await this.#ports(protocol)).has(port);
    await until(() => `${protocol} port ${port} on ${this.name}`, open);
  }

  transcript(): string {
    return this.#processes
      .map(({ name, transcript }) => [`--- ${name}`, ...transcript, ''].join('\n'))
      .join('');
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop('SIGKILL')));
    await this.#holder.stop('SIGKILL');
  }

  #inside(): [string, ...string[]] {
    return ['nsenter', `--net=/proc/${this.#holder.pid}/ns/net`, '--'];
  }

  async #ports(protocol: Protocol): Promise<Set<number>> {
    const files = [protocol, `${protocol}6`].map((name) => `/proc/${this.#holder.pid}/net/${name}`);
    const tables = await Promise.all(files.map((file) => readFile(file, 'latin1')));
    const rows = tables.flatMap((table) => table.split('\n').map((row) => row.trim().split(/\s+/)));
    const open = rows.filter(([, , , state]) => state === LISTENING[protocol]);
    return new Set(open.map(([, local]) => Number.parseInt(local?.split(':')[1] ?? '', 16)));
  }
}
