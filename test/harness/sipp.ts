import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATIENCE } from './deadline.ts';
import type { Host, Protocol } from './host.ts';
import type { Process } from './process.ts';
import { readTrace, type Traced } from './sipp-trace.ts';

const SCENARIOS = join(import.meta.dirname, '../call/scenarios');
/** As many as any system lets a process open. */
const SOCKETS = 1_000;
/** Octets that may wait for sipp, as far as the system allows: its own choice is lost in half a second of a load. */
const BUFFER = 1_048_576;

export interface SippOptions {
  /** A file of test/call/scenarios without its `.xml`, or the path of another. */
  readonly scenario: string;
  /** Whom to call, `address:port`; without it sipp waits to be called. */
  readonly remote?: string;
  readonly transport?: Protocol;
  /** Whether each call has a socket of its own (-t un, -t tn). */
  readonly socketPerCall?: boolean;
  readonly port?: number;
  /** How many calls before it ends (-m), how many a second (-r), how many at the same time (-l). */
  readonly calls?: number;
  readonly rate?: number;
  readonly limit?: number;
  /** How long a call lasts, in milliseconds (-d). */
  readonly duration?: number;
  /** One line for each call, the fields of `[field0]` and so on (-inf). */
  readonly lines?: readonly (readonly string[])[];
  /** The share of packets to lose, in percent (-lost). */
  readonly lost?: number;
  /** More options by name, such as `{ T2: 250 }`. */
  readonly options?: Readonly<Record<string, number>>;
  /** `[service]` (-s) and every other keyword of the scenario (-key). */
  readonly service?: string;
  readonly keys?: Readonly<Record<string, string>>;
  /** Values of the scenario's global variables (-set). */
  readonly variables?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly password?: string;
  /** Whether every message is kept, for the result to show; not under load. */
  readonly traced?: boolean;
  /** The `uri` of the digest, which sipp makes from the address it sends to unless it is told (-auth_uri). */
  readonly digestUri?: string;
}

export interface SippResult {
  /** 0: all calls were as in the scenario; 1: some were not; 255: fatal, such as a wrong option. */
  readonly code: number | null;
  /** The last line of -trace_stat by column, such as `SuccessfulCall(C)`. */
  readonly statistics: ReadonlyMap<string, string>;
  readonly successful: number;
  readonly failed: number;
  /** What the scenario logged. */
  readonly logs: string[];
  /** What was unexpected. */
  readonly errors: string;
  /** Every message sent and received, as sipp wrote them and one by one. */
  readonly messages: string;
  readonly trace: readonly Traced[];
}

/** The field of a line that becomes the answer to a challenge: sipp fills in no field within a keyword. */
export function credentials(user: string, password: string): string {
  return `[authentication username=${user} password=${password}]`;
}

/** A sipp that runs in a host. */
export class Sipp {
  readonly #process: Process;
  readonly #folder: string;

  private constructor(process: Process, folder: string) {
    this.#process = process;
    this.#folder = folder;
  }

  /** Starts it; one that waits to be called is ready for that. */
  static async start(host: Host, options: SippOptions): Promise<Sipp> {
    const folder = await mkdtemp(join(tmpdir(), 'sipp-'));
    const { lines, transport = 'udp', port = 5060 } = options;
    if (lines) await writeFile(join(folder, 'lines.csv'), csv(lines));
    const process = host.spawn(['sipp', ...commandLine(host, options)], { cwd: folder });
    if (!options.remote) await process.first(host.listening(transport, port));
    return new Sipp(process, folder);
  }

  /** Waits until its calls are made. */
  async finish(ms: number = PATIENCE): Promise<SippResult> {
    const { code } = await this.#process.ended(ms);
    return this.#result(code);
  }

  /** Waits until its calls are made, and throws with its logs unless every one was as in the scenario. */
  async succeed(ms?: number): Promise<SippResult> {
    const result = await this.finish(ms);
    if (result.code === 0) return result;
    const output = this.#process.transcript.slice(-20).join('\n');
    throw new Error(
      `${this.#process.name} ended with ${result.code}\n${output}\n${result.errors}\n${result.messages}`,
    );
  }

  /** Lets it finish the calls in progress and take no more. */
  async stop(): Promise<SippResult> {
    const { code } = await this.#process.stop('SIGUSR1');
    return this.#result(code);
  }

  async #result(code: number | null): Promise<SippResult> {
    const read = (name: string) => readFile(join(this.#folder, name), 'utf8').catch(() => '');
    const statistics = lastLine(await read('statistics.csv'));
    const messages = await read('messages.log');
    return {
      code,
      statistics,
      successful: Number(statistics.get('SuccessfulCall(C)') ?? 0),
      failed: Number(statistics.get('FailedCall(C)') ?? 0),
      logs: (await read('scenario.log')).split('\n').filter(Boolean),
      errors: await read('errors.log'),
      messages,
      trace: readTrace(messages),
    };
  }
}

function commandLine(host: Host, options: SippOptions): string[] {
  const { scenario, remote, transport = 'udp', port = 5060, calls, rate, limit, duration, lost } = options;
  const file = scenario.endsWith('.xml') ? scenario : join(SCENARIOS, `${scenario}.xml`);
  const flags = {
    sf: file,
    t: `${transport.charAt(0)}${options.socketPerCall ? 'n' : '1'}`,
    max_socket: options.socketPerCall ? SOCKETS : undefined,
    i: host.address,
    p: port,
    m: calls,
    buff_size: BUFFER,
    r: rate,
    l: limit,
    d: duration,
    lost,
    inf: options.lines && 'lines.csv',
    s: options.service,
    au: options.user,
    ap: options.password,
    auth_uri: options.digestUri,
    stf: 'statistics.csv',
    error_file: 'errors.log',
    message_file: 'messages.log',
    log_file: 'scenario.log',
    ...options.options,
  };
  return [
    ...(remote ? [remote] : []),
    ...Object.entries(flags).flatMap(([name, value]) =>
      value === undefined ? [] : [`-${name}`, `${value}`],
    ),
    ...Object.entries(options.keys ?? {}).flatMap(([name, value]) => ['-key', name, value]),
    ...Object.entries(options.variables ?? {}).flatMap(([name, value]) => ['-set', name, value]),
    ...['-trace_stat', '-trace_err', '-trace_logs', '-nostdin'],
    ...((options.traced ?? true) ? ['-trace_msg'] : []),
  ];
}

function csv(lines: readonly (readonly string[])[]): string {
  return ['SEQUENTIAL', ...lines.map((fields) => fields.join(';')), ''].join('\n');
}

function lastLine(statistics: string): Map<string, string> {
  const rows = statistics.split('\n').filter(Boolean);
  const values = (rows.at(-1) ?? '').split(';');
  return new Map((rows[0] ?? '').split(';').map((column, index) => [column, values[index] ?? '']));
}
