import { parseMessage } from '../message/parse.ts';
import type { SipRequest } from '../message/request.ts';
import type { SipResponse } from '../message/response.ts';
import type { Flow } from './listener.ts';

/** A flow of the virtual network, as one party sees it. */
export interface Link extends Flow {
  readonly from: string;
  readonly to: string;
}

/** One who takes part. */
export interface Party {
  receive(message: SipRequest | SipResponse, flow: Link, now: number): void;
  advance(now: number): void;
}

/** Of an unreliable link, as probabilities, and the longest delay in ms, which reorders. */
export interface Conditions {
  readonly seed: number;
  readonly loss: number;
  readonly duplication: number;
  readonly jitter: number;
}

interface Packet {
  readonly due: number;
  readonly text: string;
  readonly link: Link;
}

/** Carries messages between parties in virtual time. The same seed gives the same run. */
export class VirtualNetwork {
  now = 0;
  readonly #conditions: Conditions;
  readonly #parties = new Map<string, Party>();
  readonly #links = new Map<string, Link>();
  #packets: Packet[] = [];
  #random: number;

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
    this.#random = conditions.seed;
  }

  join(name: string, party: Party): void {
    this.#parties.set(name, party);
  }

  link(from: string, to: string, reliable = false): Link {
    const key = `${from} ${to} ${reliable}`;
    const link = this.#links.get(key) ?? { from, to, reliable };
    this.#links.set(key, link);
    return link;
  }

  send(text: string, link: Link): void {
    const { loss, duplication } = this.#conditions;
    if (link.reliable) {
      this.#packets.push({ due: this.now + 10, text, link });
      return;
    }
    for (let copies = this.random() < duplication ? 2 : 1; copies > 0; copies--) {
      if (this.random() < loss) continue;
      this.#packets.push({ due: this.now + this.random() * this.#conditions.jitter, text, link });
    }
  }

  /** 0 to 1, by the generator of Park and Miller. */
  random(): number {
    this.#random = (this.#random * 48_271) % 2_147_483_647;
    return this.#random / 2_147_483_647;
  }

  run(duration: number): void {
    for (const end = this.now + duration; this.now < end; ) {
      this.now += 10;
      this.#deliver();
      for (const party of this.#parties.values()) party.advance(this.now);
    }
  }

  #deliver(): void {
    const due = this.#packets.filter((packet) => packet.due <= this.now);
    this.#packets = this.#packets.filter((packet) => packet.due > this.now);
    for (const { text, link } of due.sort((a, b) => a.due - b.due)) {
      const message = parseMessage(text);
      if (message instanceof Error) throw message;
      this.#parties.get(link.to)!.receive(message, this.link(link.to, link.from, link.reliable), this.now);
    }
  }
}
