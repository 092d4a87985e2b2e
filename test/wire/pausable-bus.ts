import { MemoryBus, type RequestOptions } from '@tandem/platform';

const nobody = 'tandem.nobody.answers';

/** A bus over which media workers may stand still: they are asked, and say nothing. */
export class PausableBus extends MemoryBus {
  #asked: PromiseWithResolvers<void> | undefined;

  constructor(...parts: ConstructorParameters<typeof MemoryBus>) {
    super(...parts);
    this.subscribe(nobody, () => {});
  }

  /** Resolves when a worker was asked. */
  pauseMedia(): Promise<void> {
    this.#asked = Promise.withResolvers();
    return this.#asked.promise;
  }

  resumeMedia(): void {
    this.#asked = undefined;
  }

  override request(subject: string, payload: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    if (!this.#asked || !subject.includes('.media.')) return super.request(subject, payload, options);
    this.#asked.resolve();
    return super.request(nobody, payload, options);
  }
}
