import { ProbeSightings, type Sighting } from '@tandem/platform';
import type { Flow } from './socket/flow.ts';

/** Notes the OPTIONS of a doctor, whose Call-ID it has announced. */
export class Probes {
  readonly #sightings = new ProbeSightings();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** None of its ports has to be tried besides. */
  begin(token: string): readonly number[] {
    this.#sightings.begin(token, this.#now());
    return [];
  }

  seen(token: string): readonly Sighting[] {
    return this.#sightings.of(token);
  }

  heard(callId: string, { host, listener, port }: Flow): void {
    if (this.#sightings.isIdle) return;
    this.#sightings.saw(callId, { port: listener.port, host, sourcePort: port }, this.#now());
  }
}
