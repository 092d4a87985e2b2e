import { magicCookie } from '../header/via.ts';
import { isToken } from '../message/characters.ts';

/** Ends each part of a branch; it may not stand in a node id. */
const separator = '_';

const shape = /^z9hG4bK([A-Za-z0-9.-]{1,63})_[0-9a-z]{1,11}_\d{1,8}_\d{1,16}_/;

/** More slots than transactions fit into memory. */
const maxSlot = 99_999_999;

/** The node that wrote a branch; undefined when its form is not ours. A foreign branch may look like ours. */
export function branchOwner(branch: string): string | undefined {
  return shape.exec(branch)?.[1];
}

/**
 * The branches of one run of one node: `z9hG4bK` node `_` run `_` slot `_` generation `_` suffix. The slot finds the
 * transaction; the generation tells it from the earlier ones of its slot, and the run from those before a restart.
 */
export class Branches {
  readonly #prefix: string;

  /** `node` is at most 63 letters, digits, dots and dashes; `run` a number that grows with each start. */
  constructor(node: string, run: number) {
    this.#prefix = `${magicCookie}${node}${separator}${Math.floor(run).toString(36)}${separator}`;
    if (branchOwner(this.write(0, 0, '')) !== node) throw new Error(`not a node id: ${node}`);
  }

  /** `suffix` is opaque; an error when it is not of token characters. */
  write(slot: number, generation: number, suffix: string): string {
    if (suffix !== '' && !isToken(suffix)) throw new Error(`not a branch suffix: ${suffix}`);
    return `${this.#prefix}${slot}${separator}${generation}${separator}${suffix}`;
  }

  /** The slot that a branch names; -1 when it is not of this run. Whose it is tells the comparison of the whole. */
  slotOf(branch: string): number {
    if (!branch.startsWith(this.#prefix)) return -1;
    let slot = 0;
    for (let at = this.#prefix.length; at < branch.length; at++) {
      const code = branch.charCodeAt(at);
      if (code === separator.charCodeAt(0)) return slot;
      if (code < 48 || code > 57) return -1;
      slot = slot * 10 + code - 48;
      if (slot > maxSlot) return -1;
    }
    return -1;
  }
}
