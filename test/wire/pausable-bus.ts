import { MemoryBus, type RequestOptions } from '@tandem/platform';

const nobody = 'tandem.nobody.answers';

/** A bus over which media workers may stand still: they are asked, and say nothing. Or what they answer is held back. */
export class PausableBus extends MemoryBus {
  #asked: PromiseWithResolvers<void> | undefined;
  #held: { readonly answered: () => void; readonly go: Promise<void> } | undefined;

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

  /** The next answer of a worker comes when `go` is called; `answered` resolves when it is there. */
  holdMedia(): { readonly answered: Promise<void>; readonly go: () => void } {
    const [answered, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.#held = { answered: answered.resolve, go: going.promise };
    return { answered: answered.promise, go: going.resolve };
  }

  override async request(subject: string, payload: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    if (!subject.includes('.media.')) return super.request(subject, payload, options);
    this.#asked?.resolve();
    const held = this.#held;
    this.#held = undefined;
    const answer = await super.request(this.#asked ? nobody : subject, payload, options);
    held?.answered();
    await held?.go;
    return answer;
  }
}
