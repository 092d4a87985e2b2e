/** What has to be there before a process takes work. */
export class Readiness {
  /** A process that stops takes no more work, whatever is there. */
  stopping = false;
  /** Nor does one that hands over what it has. */
  draining = false;
  readonly #missing = new Set<string>();

  /** Says that something, such as `configuration`, is there or missing. */
  set(what: string, there: boolean): void {
    if (there) this.#missing.delete(what);
    else this.#missing.add(what);
  }

  get missing(): readonly string[] {
    return [...this.#missing];
  }

  get ready(): boolean {
    return this.#missing.size === 0 && !this.stopping && !this.draining;
  }
}
