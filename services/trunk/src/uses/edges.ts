import { edge } from '@tandem/contract';
import {
  type Bus,
  busNoResponder,
  type Membership,
  rendezvous,
  serving,
  subjectToken,
} from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { trunkWithoutEdge } from '../faults.ts';

/** What an edge has done, and which one. */
export interface Asked {
  readonly answer: edge.Answer;
  readonly edge: string;
}

/** Milliseconds that an edge may take besides what the peer may. */
const margin = 2_000;

/** The edges by which requests leave. */
export class Edges {
  readonly #bus: Bus;
  readonly #region: string;
  readonly #membership: Membership;

  constructor({ bus, region, membership }: { bus: Bus; region: string; membership: Membership }) {
    this.#bus = bus;
    this.#region = region;
    this.#membership = membership;
  }

  /** Whether an edge takes requests. */
  serves(id: string): boolean {
    return serving(this.#membership.members('edge')).some((member) => member.id === id);
  }

  /**
   * Has an edge send a request: the preferred one as long as it serves, so that it leaves by the same way each time, else
   * the same one for the same Call-ID. Rejects with a Fault when none does.
   */
  async ask(ask: edge.Ask, preferred: string): Promise<Asked> {
    let left = serving(this.#membership.members('edge'));
    let why = 'no edge serves';
    while (left.length > 0) {
      const { id } = left.find((member) => member.id === preferred) ?? rendezvous(left, ask.callId)!;
      try {
        return { answer: await this.#ask(id, ask), edge: id };
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        why = `${id}: ${error.message}`;
        // Another one may have been asked in vain as well, or may send what this one has sent already.
        if (error.kind !== busNoResponder) break;
        left = left.filter((member) => member.id !== id);
      }
    }
    throw new Fault(trunkWithoutEdge, `${ask.method} ${ask.uri}: ${why}`);
  }

  async #ask(id: string, ask: edge.Ask): Promise<edge.Answer> {
    const subject = `tandem.${this.#region}.edge.${subjectToken(id)}.ask`;
    const octets = edge.Ask.encode(ask).finish();
    return edge.Answer.decode(
      await this.#bus.request(subject, octets, { timeoutMs: ask.patienceMs + margin }),
    );
  }
}
