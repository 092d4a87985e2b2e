import { createHash } from 'node:crypto';

/** A number from 0 up to 1 by chance, which the arguments alone decide. */
export function chance(...what: readonly (number | string)[]): number {
  return createHash('sha256').update(what.join(' ')).digest().readUInt32BE() / 2 ** 32;
}
