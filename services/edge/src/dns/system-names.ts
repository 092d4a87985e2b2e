import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { isIP } from 'node:net';
import type { Server } from './exchange.ts';

/** How this machine looks names up (resolv.conf(5)). */
export interface ResolvConf {
  readonly servers: readonly Server[];
  /** Domains that are appended to a name of few labels. */
  readonly search: readonly string[];
  /** Dots from which on a name is tried as it is first. */
  readonly ndots: number;
}

/** As the C library has them. */
const maxServers = 3;
const maxNdots = 15;
/** Of the search list; Kubernetes gives up to 32. */
const maxSearch = 32;

/** What a machine without any word about it does (resolv.conf(5)). */
const local: Server = { host: '127.0.0.1', port: 53 };

export function parseResolvConf(text: string): ResolvConf {
  const servers: Server[] = [];
  let search: string[] = [];
  let ndots = 1;
  for (const [keyword, ...values] of lines(text)) {
    const [first = ''] = values;
    if (keyword === 'nameserver' && isIP(first) !== 0) servers.push({ host: first, port: 53 });
    if (keyword === 'search' || keyword === 'domain') search = values.map(canonicalName);
    if (keyword === 'options') ndots = ndotsOf(values) ?? ndots;
  }
  const named = servers.slice(0, maxServers);
  const domains = search.filter((domain) => domain !== '').slice(0, maxSearch);
  return { servers: named.length > 0 ? named : [local], search: domains, ndots };
}

/** What the machine says now. */
export function readResolvConf(file: string = systemFiles.resolvConf): ResolvConf {
  return parseResolvConf(read(file));
}

function ndotsOf(options: readonly string[]): number | undefined {
  const option = options.find((each) => /^ndots:\d{1,2}$/.test(each));
  return option === undefined ? undefined : Math.min(Number(option.slice(6)), maxNdots);
}

/** The addresses of one name in /etc/hosts. */
export interface HostAddresses {
  readonly A: readonly string[];
  readonly AAAA: readonly string[];
}

/** hosts(5), by name; `localhost` is there in any case (RFC 6761 §6.3). */
export function parseHosts(text: string): ReadonlyMap<string, HostAddresses> {
  const hosts = new Map<string, { A: string[]; AAAA: string[] }>();
  const enter = (name: string, family: 'A' | 'AAAA', address: string): void => {
    const known = hosts.get(name) ?? { A: [], AAAA: [] };
    hosts.set(name, known);
    if (!known[family].includes(address)) known[family].push(address);
  };
  for (const [address = '', ...names] of lines(text)) {
    const version = isIP(address);
    if (version === 0) continue;
    for (const name of names) enter(canonicalName(name), version === 4 ? 'A' : 'AAAA', address);
  }
  if (!hosts.has('localhost')) {
    enter('localhost', 'A', '127.0.0.1');
    enter('localhost', 'AAAA', '::1');
  }
  return hosts;
}

function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** The words of each line, without comments. */
function lines(text: string): string[][] {
  return text
    .split('\n')
    .map((line) =>
      line
        .replace(/[#;].*/, '')
        .trim()
        .split(/\s+/),
    )
    .filter(([first]) => first !== '');
}

/** Milliseconds between two looks at the files. */
const interval = 5_000;

/** Where the two files are. */
export interface SystemFiles {
  readonly hosts: string;
  readonly resolvConf: string;
}

const systemFiles: SystemFiles = { hosts: '/etc/hosts', resolvConf: '/etc/resolv.conf' };

/** What this machine itself says of names, as its files are now. */
export class SystemNames {
  hosts: ReadonlyMap<string, HostAddresses>;
  resolvConf: ResolvConf;
  readonly #files: SystemFiles;

  constructor(files: SystemFiles = systemFiles) {
    this.#files = files;
    this.hosts = parseHosts(read(files.hosts));
    this.resolvConf = parseResolvConf(read(files.resolvConf));
    this.#watch(files.hosts, (text) => {
      this.hosts = parseHosts(text);
    });
    this.#watch(files.resolvConf, (text) => {
      this.resolvConf = parseResolvConf(text);
    });
  }

  close(): void {
    for (const file of Object.values(this.#files)) unwatchFile(file);
  }

  #watch(file: string, changed: (text: string) => void): void {
    watchFile(file, { interval, persistent: false }, () => changed(read(file)));
  }
}

/** What is not there says nothing. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
