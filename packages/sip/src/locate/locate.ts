import { limits } from '../limits.ts';
import type { SipUri } from '../uri/sip-uri.ts';
import type { Answers, NaptrRecord, Question, Records, RecordType } from './records.ts';
import { orderSrv, shuffle } from './srv-order.ts';
import {
  defaultPort,
  defaultTransport,
  literalOf,
  namedTransport,
  serviceName,
  type Target,
  type TransportName,
  transportOfService,
} from './target.ts';

/** What this node can send over. */
export interface Speech {
  /** By preference. */
  readonly transports: readonly TransportName[];
  readonly families: readonly ('A' | 'AAAA')[];
}

export interface LocateOptions {
  readonly answers: Answers;
  /** Looked at for names only. */
  readonly speech: Speech;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Where a request may go, and what would have to be known to say more. */
export interface Located {
  /** In the order in which they are to be tried; of a name only what this node speaks. */
  readonly targets: readonly Target[];
  /** When there are questions the targets are not complete: ask, and call again. */
  readonly wanted: readonly Question[];
  /** What nobody could answer. */
  readonly failed: readonly Question[];
}

/** Finds the targets of a URI, which is the topmost Route or the Request-URI (RFC 3263 §4). */
export function locate(uri: SipUri, options: LocateOptions): Located {
  const literal = literalOf(uri.host);
  if (literal !== undefined) return numeric(uri, literal);
  const search = new Search(uri, options);
  const targets = search.targets();
  return { targets, wanted: search.wanted, failed: search.failed };
}

/** Nothing is chosen, so that it does not matter what this node speaks. */
function numeric(uri: SipUri, address: string): Located {
  const transport = namedTransport(uri) ?? defaultTransport(uri);
  if (transport === 'unknown') return nowhere;
  const port = uri.port ?? defaultPort(transport);
  return { ...nowhere, targets: [{ transport, address, port, name: address }] };
}

const nowhere: Located = { targets: [], wanted: [], failed: [] };

/** A service of the domain, and the transport that it stands for. */
interface Service {
  readonly transport: TransportName;
  /** What to ask for SRV. */
  readonly name: string;
}

class Search {
  readonly wanted: Question[] = [];
  readonly failed: Question[] = [];
  readonly #uri: SipUri;
  readonly #host: string;
  readonly #options: LocateOptions;

  constructor(uri: SipUri, options: LocateOptions) {
    this.#uri = uri;
    this.#host = uri.host.endsWith('.') ? uri.host.slice(0, -1) : uri.host;
    this.#options = options;
  }

  targets(): Target[] {
    const { port } = this.#uri;
    const named = namedTransport(this.#uri);
    if (named !== undefined && !this.#speaks(named)) return [];
    const transport = named ?? defaultTransport(this.#uri);
    // §4.1 and §4.2: a port says that there is nothing to look up but the address.
    if (port !== undefined)
      return this.#speaks(transport) ? this.#addresses(this.#host, transport, port) : [];
    return unique(named === undefined ? this.#anyTransport() : this.#ofTransport(named));
  }

  /** §4.2: the transport is known, the port is not. */
  #ofTransport(transport: TransportName): Target[] {
    const name = serviceName(transport, this.#host);
    const found = name === undefined ? undefined : this.#services([{ transport, name }]);
    return found ?? this.#addresses(this.#host, transport, defaultPort(transport));
  }

  /** §4.1: NAPTR says which transports there are, else SRV does. */
  #anyTransport(): Target[] {
    const naptr = this.#naptr();
    if (!naptr) return [];
    const services = naptr.length > 0 ? naptr : this.#guesses();
    const fallback = defaultTransport(this.#uri);
    const found = this.#services(services);
    if (found) return found;
    return this.#speaks(fallback) ? this.#addresses(this.#host, fallback, defaultPort(fallback)) : [];
  }

  /** Services that can be used, the best first; undefined while nobody knows. */
  #naptr(): Service[] | undefined {
    // Servers that do not know the type refuse to answer: the domain may be reached all the same.
    if (this.#options.answers('NAPTR', this.#host) === 'refused') return [];
    const records = this.#ask('NAPTR', this.#host);
    if (!records) return undefined;
    const sorted = [...records].sort((a, b) => a.order - b.order || a.preference - b.preference);
    return sorted.flatMap((record) => this.#service(record)).slice(0, limits.targets);
  }

  #service({ flags, replacement, services }: NaptrRecord): Service[] {
    const transport = transportOfService(services);
    // §4.1: "s" alone is of use, for SRV is what comes next.
    if (flags.toLowerCase() !== 's' || transport === undefined || !this.#isAllowed(transport)) return [];
    return [{ transport, name: replacement.toLowerCase() }];
  }

  #guesses(): Service[] {
    return this.#options.speech.transports.flatMap((transport) => {
      const name = this.#isAllowed(transport) ? serviceName(transport, this.#host) : undefined;
      return name === undefined ? [] : [{ transport, name }];
    });
  }

  /** The targets of services that have SRV records; undefined when none has, and an address has to do. */
  #services(services: readonly Service[]): Target[] | undefined {
    let isThere = false;
    const targets: Target[] = [];
    for (const { transport, name } of services) {
      const records = this.#ask('SRV', name);
      // What could not be answered may exist: its address would be a guess.
      if (!records || records.length > 0) isThere = true;
      for (const { port, target } of this.#ordered(records ?? [])) {
        targets.push(...this.#addresses(target.toLowerCase(), transport, port));
      }
    }
    return isThere ? targets : undefined;
  }

  #ordered(records: readonly Records['SRV'][]): readonly Records['SRV'][] {
    // RFC 2782: a target of "." says that the service is decidedly not there.
    const there = records.filter(({ target }) => target !== '' && target !== '.');
    // Cut before it is drawn: the same names are asked for each time.
    const best = there.sort((a, b) => a.priority - b.priority).slice(0, limits.targets);
    return orderSrv(best, this.#options.random);
  }

  /** Several addresses of one name share the load. */
  #addresses(host: string, transport: TransportName, port: number): Target[] {
    const { random, speech } = this.#options;
    return speech.families.flatMap((family) => {
      const addresses = this.#ask(family, host) ?? [];
      return shuffle(addresses, random).map((address) => ({ transport, address, port, name: this.#host }));
    });
  }

  /** The records; undefined when they are not known, and asked for or given up. */
  #ask<T extends RecordType>(type: T, name: string): readonly Records[T][] | undefined {
    const known = this.#options.answers(type, name);
    if (typeof known === 'object') return known;
    (known === undefined ? this.wanted : this.failed).push({ type, name });
    return undefined;
  }

  #speaks(transport: TransportName | 'unknown'): transport is TransportName {
    return transport !== 'unknown' && this.#options.speech.transports.includes(transport);
  }

  /** §4.1: a sips URI is never reached in the clear. */
  #isAllowed(transport: TransportName): boolean {
    const isSecure = transport === 'tls' || transport === 'wss';
    return this.#speaks(transport) && (isSecure || this.#uri.scheme === 'sip');
  }
}

function unique(targets: readonly Target[]): Target[] {
  const seen = new Set<string>();
  const first = targets.filter(({ transport, address, port }) => {
    const key = `${transport} ${address} ${port}`;
    return !seen.has(key) && seen.add(key);
  });
  return first.slice(0, limits.targets);
}
