import { Etcd, etcdUrl, type Log } from '@tandem/platform';
import { afterEach } from 'vitest';
import { Gate } from '../harness/gate.ts';

interface Part {
  close(): unknown;
}

/** What tests open: closed after each, the last first. Made after the hooks that stop the servers, which wait for it. */
export class Opened {
  readonly #log: Log;
  readonly #parts: Part[] = [];

  constructor(log: Log) {
    this.#log = log;
    afterEach(async () => {
      for (const part of this.#parts.splice(0).reverse()) await part.close();
    });
  }

  keep<Kind extends Part>(part: Kind): Kind {
    this.#parts.push(part);
    return part;
  }

  etcd(url: string): Etcd {
    return this.keep(new Etcd({ address: etcdUrl.parse(url), log: this.#log }));
  }

  /** What a server is behind. */
  async gate(server: string): Promise<Gate> {
    const gate = await Gate.open(Number(new URL(server).port));
    this.keep({ close: () => gate.bar() });
    return gate;
  }
}
