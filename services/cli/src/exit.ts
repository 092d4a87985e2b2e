import { Fault } from '@tandem/sip';

/** Exit codes of every command (design §6). */
export const exitCode = { ok: 0, failed: 1, usage: 2 } as const;

/** Ends the process with one clear line: a fault as it is, anything else as the defect that it is. */
export function fail(error: unknown, code: number): never {
  const text =
    error instanceof Fault
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`tandem: ${text}\n`);
  process.exit(code);
}
