/** What tools that look for open systems call themselves in User-Agent; any part of it, in any case. */
export const knownScanners: readonly string[] = [
  'friendly-scanner',
  'friendly-request',
  'sipvicious',
  'sundayddr',
  'pplsip',
  'sipcli',
  'vaxsipuseragent',
  'vaxasip',
  'sip-scan',
  'sipscan',
  'siparmyknife',
  'sippts',
  'sivus',
  'iwar',
  'nm@nmap',
];

const remembered = 1_024;

/** Tells scanners by the name that they give themselves. */
export class Scanners {
  readonly #names: readonly string[];
  /** Phones call themselves a few names only, which are looked at once. */
  readonly #known = new Map<string, boolean>();

  constructor(names: readonly string[]) {
    this.#names = names.map((name) => name.toLowerCase());
  }

  has(userAgent: string): boolean {
    const known = this.#known.get(userAgent);
    if (known !== undefined) return known;
    const lower = userAgent.toLowerCase();
    const found = this.#names.some((name) => lower.includes(name));
    if (this.#known.size >= remembered) this.#known.clear();
    // A copy: a slice would keep the whole message that it was cut from.
    this.#known.set(Buffer.from(userAgent, 'latin1').toString('latin1'), found);
    return found;
  }
}
