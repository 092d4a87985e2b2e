import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './deadline.ts';
import { freePort } from './free-port.ts';
import { Process } from './process.ts';

export interface DnsServerOptions {
  /** Where it listens; on loopback if nobody says. */
  readonly host?: string;
  readonly port?: number;
  /** Lines of the zone `example.`, such as `sip A 192.0.2.1`. */
  readonly records: readonly string[];
  /** Seconds that answers hold, and that it holds that there is none. */
  readonly ttl?: number;
}

/** A DNS server (Knot) with the zone `example.`; whatever else it is asked for it refuses. */
export class DnsServer {
  readonly host: string;
  readonly port: number;
  readonly #folder: string;
  readonly #ttl: number;
  #process: Process | undefined;
  #serial = 0;

  private constructor(port: number, folder: string, { host = '127.0.0.1', ttl = 300 }: DnsServerOptions) {
    this.host = host;
    this.port = port;
    this.#folder = folder;
    this.#ttl = ttl;
  }

  static async start(options: DnsServerOptions): Promise<DnsServer> {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-dns-'));
    const server = new DnsServer(options.port ?? (await freePort()), folder, options);
    await server.#write(options.records);
    await writeFile(join(folder, 'knot.conf'), server.#configuration());
    await server.restart();
    return server;
  }

  /** Has other records from now on. */
  async change(records: readonly string[]): Promise<void> {
    await this.#write(records);
    this.#running.signal('SIGHUP');
    await this.#running.first(this.#running.line(new RegExp(`serial .*-> ${this.#serial}`)));
  }

  /** From then on it says nothing, and its port is open. */
  async pause(): Promise<void> {
    const { pid } = this.#running;
    this.#running.signal('SIGSTOP');
    const stopped = async (): Promise<boolean> => /\) T /.test(await readFile(`/proc/${pid}/stat`, 'latin1'));
    await until(() => 'a paused DNS server', stopped);
  }

  resume(): void {
    this.#running.signal('SIGCONT');
  }

  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL');
  }

  /** Starts it once more, on the same port. */
  async restart(): Promise<void> {
    await this.kill();
    this.#process = new Process('knotd', ['knotd', '-c', join(this.#folder, 'knot.conf')]);
    await this.#process.first(this.#process.line(/\[example\.\].* loaded, serial/));
    await this.#process.first(this.#process.line(/server started/));
  }

  /** Ends it and leaves nothing behind. */
  async close(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #running(): Process {
    if (!this.#process) throw new Error('the DNS server was never started');
    return this.#process;
  }

  async #write(records: readonly string[]): Promise<void> {
    const head = [
      '$ORIGIN example.',
      `$TTL ${this.#ttl}`,
      `@ SOA ns root ${++this.#serial} 3600 600 86400 ${this.#ttl}`,
      '@ NS ns',
      `ns A ${this.host}`,
    ];
    await writeFile(join(this.#folder, 'example.zone'), `${[...head, ...records].join('\n')}\n`);
  }

  #configuration(): string {
    const folder = JSON.stringify(this.#folder);
    return [
      'server:',
      `  listen: "${this.host}@${this.port}"`,
      `  rundir: ${folder}`,
      '  udp-workers: 1',
      '  tcp-workers: 1',
      '  background-workers: 1',
      'log:',
      '  - target: stdout',
      '    any: info',
      'database:',
      `  storage: ${folder}`,
      'zone:',
      '  - domain: example',
      `    storage: ${folder}`,
      '    file: example.zone',
      '    zonefile-load: whole',
      '    journal-content: none',
      '',
    ].join('\n');
  }
}
