import { randomUUID } from 'node:crypto';
import type { Bus } from './bus.ts';
import { Inbox } from './compliance-inbox.ts';

/** The bus as two nodes have it; where both are the same process, it may be one object. */
export type TwoBuses = readonly [Bus, Bus];

export const octets = (text: string): Uint8Array => Buffer.from(text);
export const words = (payload: Uint8Array): string => Buffer.from(payload).toString();

/** What a test of a bus works with: opened anew for each. */
export class Buses {
  #both: TwoBuses | undefined;
  /** Begins the subjects of one test: what an earlier test left on a server is out of reach. */
  root = '';

  get bus(): Bus {
    return this.#both![0];
  }

  get other(): Bus {
    return this.#both![1];
  }

  open(both: TwoBuses): void {
    this.#both = both;
    this.root = `tandem.${randomUUID()}`;
  }

  async close(): Promise<void> {
    await Promise.all([this.bus.close(), this.other.close()]);
  }

  readonly listen = (subject: string, queue?: string): Inbox =>
    new Inbox(this.bus, `${this.root}.${subject}`, queue);

  readonly say = (subject: string, text: string): void =>
    this.bus.publish(`${this.root}.${subject}`, octets(text));
}
