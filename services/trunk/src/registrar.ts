import type { edge } from '@tandem/contract';
import type { Trunk } from '@tandem/resource';
import { Fault, parseNameAddr, sameUri, splitList } from '@tandem/sip';
import { Challenges, type Met, valuesOf } from './challenges.ts';
import {
  contactForeign,
  registrarForbids,
  registrarRefused,
  registrarSilent,
  trunkWithoutEdge,
} from './faults.ts';
import type { Attempt, Login } from './login.ts';
import { type Layer, type Problem, problemOf } from './problem.ts';
import type { RegistrationTarget } from './target.ts';
import { type Asked, type Edges, unanswered } from './uses/edges.ts';

export interface RegistrarParts {
  readonly edges: Pick<Edges, 'ask'>;
  readonly now: () => number;
  /** Keeps the number of a REGISTER before it is sent: whoever goes on uses a higher one. */
  readonly sending: (sequence: number) => Promise<void>;
}

/** Milliseconds that a registrar may be silent. */
const patience = 10_000;
/** A challenge, its stale nonce, one of a proxy on the way, and a longer time that is wanted. */
const maxRequests = 5;
/** Seconds that a registrar may want to be registered for. */
const longestExpires = 86_400;

/** Registers a trunk's contact, or removes it: one attempt with all that the registrar asks for. */
export class Registrar {
  readonly #parts: RegistrarParts;
  readonly #trunk: Trunk;
  readonly #target: RegistrationTarget;
  readonly #token: string | undefined;
  readonly #challenges: Challenges;

  constructor(parts: RegistrarParts, trunk: Trunk, target: RegistrationTarget, token: string) {
    this.#parts = parts;
    this.#trunk = trunk;
    this.#target = target;
    this.#token = trunk.registration?.line ? token : undefined;
    this.#challenges = new Challenges(trunk);
  }

  /** `expires` of 0 removes the contact. Does not reject with a Fault of the network's. */
  async attempt(login: Login, expires: number): Promise<Attempt> {
    let { sequence } = login;
    let asked = expires;
    const met: Met = new Map();
    for (let request = 1; ; request++) {
      sequence++;
      const sent = await this.#send(login, sequence, asked);
      const { status } = sent.answer;
      const known = { at: this.#parts.now(), sequence, asked, ...placesOf(sent) };
      const wanted = status === 423 ? leastExpires(sent.answer) : 0;
      if (wanted > asked && wanted <= longestExpires && request < maxRequests) {
        asked = wanted;
        continue;
      }
      if ((status === 401 || status === 407) && request < maxRequests) {
        const refused = this.#challenges.learn(sent.answer, met);
        if (refused === undefined) continue;
        const problem = problemOf(refused.kind, 'auth', `${this.#where}: ${refused.detail}`, known.at);
        return { ...known, problem, isFinal: true };
      }
      return status >= 200 && status < 300
        ? { ...known, ...this.#granted(sent.answer, asked) }
        : { ...known, ...this.#failure(sent.answer, known.at) };
    }
  }

  get #where(): string {
    return `REGISTER ${this.#target.registrar}`;
  }

  async #send(login: Login, sequence: number, expires: number): Promise<Asked> {
    const { edges, sending } = this.#parts;
    const { registrar: uri, aor, contactUser, route } = this.#target;
    await sending(sequence);
    const ask: edge.Ask = {
      ...{ method: 'REGISTER', uri, route: [...route], cseq: sequence, callId: login.callId },
      from: `<${aor}>;tag=${login.tag}`,
      to: `<${aor}>`,
      headers: [
        { name: 'Expires', value: String(expires) },
        { name: 'User-Agent', value: 'tandem' },
        ...this.#trunk.endpoint.headers,
        ...this.#challenges.headers('REGISTER', uri),
      ],
      contact: {
        user: contactUser,
        uriParameters: this.#token === undefined ? '' : `;line=${this.#token}`,
        parameters: `;expires=${expires}`,
      },
      patienceMs: patience,
    };
    try {
      return await edges.ask(ask, login.edge);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { answer: unanswered(error), edge: '' };
    }
  }

  #failure(answer: edge.Answer, at: number): { problem: Problem; isFinal: boolean; retryAfter?: number } {
    const { status, reason, fault, detail } = answer;
    const said = fault ? `${fault}: ${detail}` : `${status} ${reason}`;
    const warning = valuesOf(answer, 'Warning')[0] ?? valuesOf(answer, 'Reason')[0];
    const text = `${this.#where}: ${said}${warning === undefined ? '' : ` (${warning})`}`;
    const isAnswered = reason !== '' && !fault;
    const isFinal = isAnswered && status >= 400 && status < 500 && ![408, 423, 429, 480].includes(status);
    const retryAfter = Number.parseInt(valuesOf(answer, 'Retry-After')[0] ?? '', 10);
    const [kind, layer] = kindOf(status, isAnswered, fault);
    return {
      problem: problemOf(kind, layer, text, at),
      isFinal: isFinal || (isAnswered && status >= 600),
      ...(retryAfter > 0 && { retryAfter }),
    };
  }

  /** §10.2.4: the seconds of our own contact, or of all. */
  #granted(answer: edge.Answer, asked: number): { granted: number; foreign?: string } {
    const all = valuesOf(answer, 'Contact').flatMap(splitList).map(parseNameAddr);
    const contacts = all.filter((each) => each !== undefined);
    const own = contacts.find(({ uri }) => sameUri(uri, answer.contact));
    const seconds = Number(own?.params.get('expires') ?? valuesOf(answer, 'Expires')[0] ?? asked);
    const granted = seconds > 0 ? Math.min(seconds, longestExpires) : asked;
    const isForeign = contacts.length > 0 && !own && asked > 0;
    return {
      granted,
      ...(isForeign && {
        foreign: contacts
          .map(({ uri }) => uri)
          .join(', ')
          .slice(0, 500),
      }),
    };
  }
}

/** What is wrong where a registrar has our contact otherwise than we gave it. */
export function foreignProblem({ contact, foreign, seen }: Login, at: number): Problem {
  const detail = `sent ${contact}, seen from ${seen}; the registrar has ${foreign}`;
  return problemOf(contactForeign, 'nat', detail, at);
}

function kindOf(
  status: number,
  isAnswered: boolean,
  fault: string,
): readonly [typeof registrarSilent, Layer] {
  if (fault === trunkWithoutEdge.code) return [trunkWithoutEdge, 'capacity'];
  if (!isAnswered) return [registrarSilent, 'signaling'];
  return status === 403 ? [registrarForbids, 'auth'] : [registrarRefused, 'signaling'];
}

function placesOf({
  answer: { seen, contact, peer },
  edge,
}: Asked): Pick<Login, 'seen' | 'contact' | 'peer' | 'edge'> {
  return { seen, contact, peer, edge };
}

function leastExpires(answer: edge.Answer): number {
  return Number.parseInt(valuesOf(answer, 'Min-Expires')[0] ?? '', 10) || 0;
}
