import { readFileSync } from 'node:fs';

/** Octets of memory that a process has resident. Throws when the process is gone. */
export function residentMemory(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  if (kilobytes === undefined) throw new Error(`process ${pid} has ended`);
  return Number(kilobytes) * 1024;
}

/** Milliseconds that the main thread of a process was ready to run and another process had the processor. */
export function waitedForProcessor(pid: number): number {
  const [, waited] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'latin1').split(' ');
  return Number(waited) / 1e6;
}
