import type { Host } from './host.ts';

export interface CutOptions {
  /** The port of the other host, over UDP and TCP; every one unless it is given. */
  readonly port?: number;
  /** The share of the packets that are lost each way, 0 to 1; all of them unless it is given. */
  readonly share?: number;
}

/** Packets between a host and an address that get lost, until it heals. */
export class Cut {
  readonly #host: Host;
  readonly #rules: readonly string[];

  private constructor(host: Host, rules: readonly string[]) {
    this.#host = host;
    this.#rules = rules;
  }

  /** Made at `host`, which neither hears the other nor is heard; nobody is told, as with a broken switch. */
  static async between(host: Host, address: string, options: CutOptions = {}): Promise<Cut> {
    const cut = new Cut(host, rules(address, options));
    await cut.#apply('-A');
    return cut;
  }

  async heal(): Promise<void> {
    await this.#apply('-D');
  }

  async #apply(verb: '-A' | '-D'): Promise<void> {
    const script = this.#rules.map((rule) => `iptables -w ${verb} ${rule}`).join(' && ');
    await this.#host.run(['sh', '-c', script]);
  }
}

function rules(address: string, { port, share = 1 }: CutOptions): string[] {
  const chance = share < 1 ? ` -m statistic --mode random --probability ${share}` : '';
  const protocols = port === undefined ? ['all'] : ['udp', 'tcp'];
  return protocols.flatMap((protocol) => {
    const [from, to] = port === undefined ? ['', ''] : [` --sport ${port}`, ` --dport ${port}`];
    return [
      `INPUT -s ${address} -p ${protocol}${from}${chance} -j DROP`,
      `OUTPUT -d ${address} -p ${protocol}${to}${chance} -j DROP`,
    ];
  });
}
