import { Fault } from '@tandem/sip';
import { trunkStateTooLarge } from '../faults.ts';
import { maxTrunkState, type TrunkPage, type TrunkStore } from './trunk-store.ts';

/** What is known of trunks, within one process. */
export class MemoryTrunkStore implements TrunkStore {
  readonly #states = new Map<string, string>();

  async read(name: string): Promise<string | undefined> {
    return this.#states.get(name);
  }

  async write(name: string, state: string): Promise<void> {
    checkSize(name, state);
    this.#states.set(name, state);
  }

  async remove(name: string): Promise<void> {
    this.#states.delete(name);
  }

  async list(): Promise<TrunkPage> {
    return { states: [...this.#states.values()] };
  }
}

export function checkSize(name: string, { length }: string): void {
  if (length > maxTrunkState) throw new Fault(trunkStateTooLarge, `${name}: ${length} characters`);
}
