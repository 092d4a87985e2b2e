import { writeFile } from 'node:fs/promises';
import { command } from './command.ts';
import type { Host } from './host.ts';
import { Network } from './network.ts';

/** What RFC 3489 §5 calls them: whom a NAT lets in, and whether it gives a source one outer port for all peers. */
export const natKinds = ['full cone', 'restricted', 'port-restricted', 'symmetric'] as const;
export type NatKind = (typeof natKinds)[number];

/** Seconds after which a NAT forgets a flow that is silent. */
export interface Memory {
  readonly udp: number;
  readonly tcp: number;
}

/** A network of its own behind a NAT, for one host; the test process is on both sides. */
export class Nat {
  readonly kind: NatKind;
  readonly inner: Network;
  readonly #box: Host;
  readonly #gateway: string;

  private constructor(kind: NatKind, inner: Network, box: Host, gateway: string) {
    this.kind = kind;
    this.inner = inner;
    this.#box = box;
    this.#gateway = gateway;
  }

  /** Opened on a network, and closed with it. */
  static async open(outer: Network, kind: NatKind, memory: Memory): Promise<Nat> {
    const inner = await Network.open(`behind a ${kind} NAT`);
    outer.attach(() => inner.close());
    // Only the NAT passes packets on.
    for (const { bridge } of [outer, inner]) await write(`ipv4/conf/${bridge}/forwarding`, 0);
    const box = await outer.host(`${kind} NAT`);
    const gateway = inner.freeAddress();
    await box.connectTo(inner.bridge, gateway);
    const nat = new Nat(kind, inner, box, gateway);
    await nat.#translate(memory);
    return nat;
  }

  /** Where packets of its host come from. */
  get address(): string {
    return this.#box.address;
  }

  /** The one host behind it. */
  async host(name: string): Promise<Host> {
    const host = await this.inner.host(name);
    await host.run(['ip', 'route', 'replace', 'default', 'via', this.#gateway]);
    if (this.kind === 'full cone' || this.kind === 'restricted') await this.#admit(host);
    return host;
  }

  /** Lets what the test process sends from its address behind the NAT pass that, such as a phone of its own. */
  async lead(): Promise<void> {
    const { gateway } = this.inner;
    const table = gateway.split('.').slice(1, 3).join('');
    await command(['ip', 'route', 'add', 'default', 'via', this.#gateway, 'table', table]);
    await command(['ip', 'rule', 'add', 'from', gateway, 'lookup', table]);
    this.inner.attach(async () => void (await command(['ip', 'rule', 'del', 'from', gateway])));
  }

  /** The flows that it remembers, a line each. */
  async flows(): Promise<string[]> {
    return (await this.#box.run(['cat', '/proc/net/nf_conntrack'])).split('\n').filter(Boolean);
  }

  /** Forgets all flows at once: those of an interface that goes down are gone. */
  async forget(): Promise<void> {
    const down = 'ip link set eth0 down && ip link set eth0 up';
    await this.#run(`route=$(ip route show default) && ${down} && ip route replace $route`);
  }

  async #translate({ udp, tcp }: Memory): Promise<void> {
    // Linux keeps the port of a source where it can, so that all peers see the same one, unless it is told otherwise.
    const ports = this.kind === 'symmetric' ? ' --random' : '';
    await this.#run(
      'echo 1 > /proc/sys/net/ipv4/ip_forward',
      ...['tcp', 'udp'].map(
        (protocol) => `iptables -w -t nat -A POSTROUTING -o eth0 -p ${protocol} -j MASQUERADE${ports}`,
      ),
      // As a NAT does: who is not expected hears nothing, not even a refusal.
      'iptables -w -A INPUT -i eth0 ! -p icmp -j DROP',
      `echo ${udp} > /proc/sys/net/netfilter/nf_conntrack_udp_timeout`,
      `echo ${udp} > /proc/sys/net/netfilter/nf_conntrack_udp_timeout_stream`,
      `echo ${tcp} > /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established`,
    );
  }

  async #admit({ address }: Host): Promise<void> {
    await this.#run(`iptables -w -t nat -A PREROUTING -i eth0 -p udp -j DNAT --to-destination ${address}`);
    if (this.kind === 'full cone') return;
    const seconds = await this.#box.run(['cat', '/proc/sys/net/netfilter/nf_conntrack_udp_timeout']);
    await this.#run(
      'iptables -w -A FORWARD -o eth0 -p udp -m recent --name peers --rdest --set',
      `iptables -w -A FORWARD -i eth0 -p udp -m recent --name peers --rsource --rcheck --seconds ${seconds.trim()} -j ACCEPT`,
      'iptables -w -A FORWARD -i eth0 -p udp -j DROP',
    );
  }

  async #run(...script: readonly string[]): Promise<void> {
    await this.#box.run(['sh', '-c', script.join(' && ')]);
  }
}

async function write(setting: string, value: number): Promise<void> {
  await writeFile(`/proc/sys/net/${setting}`, String(value));
}
