/** Prints what a scenario has measured. */
export function figure(text: string): void {
  process.stderr.write(`survive: ${text}\n`);
}

/** The value that 95 of 100 are not above. */
export function p95(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

export function milliseconds(value: number): string {
  return `${Math.round(value)} ms`;
}
