import type { event } from '@tandem/contract';
import type { Member } from '@tandem/platform';

/** Milliseconds that versions may differ: a change takes a moment to reach everybody. */
const patience = 5_000;

/** Notices when nodes decide by different versions of the configuration for longer than a change takes. */
export class ConfigurationSkew {
  #since: number | undefined;
  #told: string | undefined;

  /** The nodes with their versions when that has to be told; once for each set of versions. */
  look(members: readonly Member[], now: number): readonly event.NodeVersion[] | undefined {
    const nodes = members
      .filter(({ configuration }) => configuration !== '')
      .map(({ tier, id, configuration }) => ({ tier, id, version: configuration }));
    if (new Set(nodes.map(({ version }) => version)).size < 2) {
      this.#since = undefined;
      this.#told = undefined;
      return undefined;
    }
    this.#since ??= now;
    const state = JSON.stringify(nodes);
    if (now - this.#since < patience || state === this.#told) return undefined;
    this.#told = state;
    return nodes;
  }
}
