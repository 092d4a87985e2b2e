import {
  type AddressBlock,
  BlockMap,
  bareHost,
  type IpAddress,
  parseAddressBlock,
  parseHostPort,
  parseIpAddress,
} from '@tandem/sip';

const loopback: readonly string[] = ['127.0.0.0/8', '::1'];
const remembered = 4_096;

/** Where messages come from, and whom nothing is asked there: this machine, the other edges, and who is in the settings. */
export class Sources {
  readonly #settings: readonly AddressBlock[];
  readonly #edges: () => ReadonlySet<string>;
  /** IPv6 as it is written. */
  readonly #known = new Map<string, IpAddress>();
  #trusted = new BlockMap<true>();
  #edgeAddresses: ReadonlySet<IpAddress | undefined> = new Set();
  #trustedEdges: ReadonlySet<string> | undefined;

  /** `edges` gives `host:port` of the other edges: a new set after each change. */
  constructor(settings: readonly AddressBlock[], edges: () => ReadonlySet<string>) {
    this.#settings = settings;
    this.#edges = edges;
  }

  /** The address of a source that is a stranger; undefined for one that is trusted, or that has no address. */
  stranger(host: string): IpAddress | undefined {
    const address = this.addressOf(host);
    return address === undefined || this.#isTrusted(address) ? undefined : address;
  }

  /** Whether another edge has sent it. */
  isEdge(host: string): boolean {
    const address = this.addressOf(host);
    if (address === undefined) return false;
    this.#refresh();
    return this.#edgeAddresses.has(address);
  }

  /** Undefined for what is no address; a zone does not count. */
  addressOf(host: string): IpAddress | undefined {
    if (!host.includes(':')) return parseIpAddress(host);
    const known = this.#known.get(host);
    if (known !== undefined) return known;
    const address = parseIpAddress(host.split('%', 1)[0]!);
    if (address === undefined) return undefined;
    if (this.#known.size >= remembered) this.#known.clear();
    this.#known.set(host, address);
    return address;
  }

  #isTrusted(address: IpAddress): boolean {
    this.#refresh();
    return this.#trusted.find(address) === true;
  }

  /** Edges come and go. */
  #refresh(): void {
    const edges = this.#edges();
    if (edges === this.#trustedEdges) return;
    this.#trustedEdges = edges;
    this.#trusted = new BlockMap();
    const hosts = Array.from(edges, hostOf);
    this.#edgeAddresses = new Set(hosts.map(parseIpAddress));
    const own = [...loopback, ...hosts].map(parseAddressBlock);
    for (const block of [...this.#settings, ...own]) if (block) this.#trusted.set(block, true);
  }
}

function hostOf(address: string): string {
  return bareHost(parseHostPort(address)?.host ?? '');
}
