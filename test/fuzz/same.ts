import { written } from './reading.ts';

/** Throws when two readings differ. */
export function same(what: string, a: unknown, b: unknown): void {
  const [left, right] = [written(a), written(b)];
  if (left !== right) throw new Error(`${what} differs: ${left.slice(0, 500)} and ${right.slice(0, 500)}`);
}
