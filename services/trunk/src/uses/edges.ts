import { edge, encoded } from '@tandem/contract';
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
/** Milliseconds that names may take to be looked up. */
const nameMargin = 2_000;

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
    const octets = encoded(edge.Ask, ask);
    const request: EdgeRequest = {
      what: 'ask',
      octets,
      patience: ask.patienceMs,
      about: `${ask.method} ${ask.uri}`,
    };
    const answered = await this.#request(request, preferred, ask.callId);
    return { answer: edge.Answer.decode(answered.octets), edge: answered.edge };
  }

  /** Where a URI leads from an edge: the preferred one, or the same one for the same URI. Rejects with a Fault when none says. */
  async look(look: edge.Look, preferred: string): Promise<edge.Outlook> {
    const octets = encoded(edge.Look, look);
    const request: EdgeRequest = {
      what: 'look',
      octets,
      patience: look.patienceMs + nameMargin,
      about: look.uri,
    };
    return edge.Outlook.decode((await this.#request(request, preferred, look.uri)).octets);
  }

  async #request(
    { about, octets, patience, what }: EdgeRequest,
    preferred: string,
    key: string,
  ): Promise<{ readonly octets: Uint8Array; readonly edge: string }> {
    let left = serving(this.#membership.members('edge'));
    let why = 'no edge serves';
    while (left.length > 0) {
      const { id } = left.find((member) => member.id === preferred) ?? rendezvous(left, key)!;
      const subject = `tandem.${this.#region}.edge.${subjectToken(id)}.${what}`;
      try {
        const answer = await this.#bus.request(subject, octets, { timeoutMs: patience + margin });
        return { octets: answer, edge: id };
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        why = `${id}: ${error.message}`;
        // Another one may have been asked in vain as well, or may send what this one has sent already.
        if (error.kind !== busNoResponder) break;
        left = left.filter((member) => member.id !== id);
      }
    }
    throw new Fault(trunkWithoutEdge, `${about}: ${why}`);
  }
}

interface EdgeRequest {
  readonly what: 'ask' | 'look';
  readonly octets: Uint8Array;
  /** Milliseconds that the peer may take. */
  readonly patience: number;
  /** What it is for, in words. */
  readonly about: string;
}

/** What stands for an answer where no edge has sent anything. */
export function unanswered({ kind, detail }: Fault): edge.Answer {
  const nothing = { reason: '', headers: [], seen: '', contact: '', peer: '', description: '' };
  return { status: 503, ...nothing, fault: kind.code, detail };
}
