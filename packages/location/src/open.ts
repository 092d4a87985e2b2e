import { Fault } from '@tandem/sip';
import { registrationsUnwritten } from './faults.ts';
import { MemoryLocation } from './memory.ts';
import { RegistrationFile, type RestoreReport } from './registration-file.ts';
import { WriteBehind } from './write-behind.ts';

export interface MemoryLocationOptions {
  /** Where the registrations are kept for the next start. */
  readonly path: string;
  /** How long after a change they are written; what is younger does not survive `kill -9`. */
  readonly delayMs?: number;
  /** Told of each write that failed. */
  readonly onFault: (fault: Fault) => void;
}

/** A registration store in memory that takes up what it held before the last restart. */
export async function openMemoryLocation(
  { path, delayMs = 1_000, onFault }: MemoryLocationOptions,
  now: number,
): Promise<{ readonly location: MemoryLocation; readonly report: RestoreReport }> {
  const file = new RegistrationFile(path);
  const onError = (cause: unknown) =>
    onFault(new Fault(registrationsUnwritten, `${path}: ${(cause as Error).message}`, { cause }));
  const writer = new WriteBehind(() => file.write(location.packed()), delayMs, onError);
  const location = new MemoryLocation(() => writer.close());
  const report = await file.read(now, (aor, bindings) => location.restore(aor, bindings));
  location.subscribe(() => writer.touch());
  return { location, report };
}
