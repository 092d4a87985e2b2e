import { inspect } from 'node:util';

const mask = '***';

/** What stands for a secret where a document is shown. */
export const secretPlaceholder = '<secret>';

/** A value that shows itself only to who asks for it by name: not in logs, not in JSON, not in a debugger's print. */
export class Secret {
  readonly #value: string;

  static {
    Object.defineProperty(Secret.prototype, inspect.custom, { value: () => mask });
  }

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }
}
