import { copyFile, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Binding } from './binding.ts';
import { unpackDamaged } from './pack.ts';

const header = JSON.stringify({ format: 'tandem-registrations', version: 1 });
const linesAtOnce = 1_000;
const problemsShown = 10;

/** What came back from disk, in bindings, and what did not. */
export interface RestoreReport {
  restored: number;
  /** Expired while nobody was here. */
  expired: number;
  /** Bound to a connection, which did not outlive the process. */
  disconnected: number;
  /** Lines that could not be read. The file is kept under its name and `.damaged`. */
  damaged: number;
  /** The first of what was wrong. */
  readonly problems: string[];
}

/** Registrations on disk: one line for each address of record. A write replaces the file as a whole or not at all. */
export class RegistrationFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async write(registrations: Iterable<readonly [aor: string, packed: string]>): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const temporary = `${this.#path}.new`;
    await using handle = await open(temporary, 'w');
    let lines = [header];
    for (const [aor, packed] of registrations) {
      lines.push(`[${JSON.stringify(aor)},${packed}]`);
      if (lines.length < linesAtOnce) continue;
      await handle.write(`${lines.join('\n')}\n`);
      lines = [];
    }
    if (lines.length > 0) await handle.write(`${lines.join('\n')}\n`);
    await handle.sync();
    await rename(temporary, this.#path);
    await this.#syncFolder();
  }

  /** The rename itself is on disk only when the folder is. */
  async #syncFolder(): Promise<void> {
    await using folder = await open(dirname(this.#path), 'r');
    await folder.sync();
  }

  /** Hands over what is still good. Never throws for what the file holds, nor when it is missing or unreadable. */
  async read(now: number, restore: (aor: string, bindings: Binding[]) => void): Promise<RestoreReport> {
    const report: RestoreReport = { restored: 0, expired: 0, disconnected: 0, damaged: 0, problems: [] };
    try {
      await this.#readLines(report, now, restore);
      if (report.damaged > 0) await copyFile(this.#path, `${this.#path}.damaged`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') report.problems.push((error as Error).message);
    }
    return report;
  }

  async #readLines(
    report: RestoreReport,
    now: number,
    restore: (aor: string, bindings: Binding[]) => void,
  ): Promise<void> {
    await using handle = await open(this.#path);
    let number = 0;
    for await (const line of handle.readLines()) {
      if (++number === 1 && line === header) continue;
      const read = readLine(line);
      if (typeof read === 'string') {
        report.damaged++;
        if (report.problems.length < problemsShown) report.problems.push(`line ${number}: ${read}`);
      } else {
        restoreLive(read, report, now, restore);
      }
    }
  }
}

interface Line {
  readonly aor: string;
  readonly bindings: Binding[];
}

/** The line's content, or what is wrong with it. */
function readLine(line: string): Line | string {
  try {
    const [aor, packed] = JSON.parse(line) as unknown[];
    const bindings = unpackDamaged(packed);
    if (typeof aor !== 'string' || !bindings) return 'is no registration';
    return { aor, bindings };
  } catch (error) {
    return (error as Error).message;
  }
}

function restoreLive(
  { aor, bindings }: Line,
  report: RestoreReport,
  now: number,
  restore: (aor: string, bindings: Binding[]) => void,
): void {
  const unexpired = bindings.filter(({ expiresAt }) => expiresAt > now);
  const reachable = unexpired.filter(({ flow }) => flow.connection === 0);
  report.expired += bindings.length - unexpired.length;
  report.disconnected += unexpired.length - reachable.length;
  report.restored += reachable.length;
  if (reachable.length > 0) restore(aor, reachable);
}
