import type { edge } from '@tandem/contract';
import type { Snapshot, Trunk } from '@tandem/resource';
import { Fault, withoutUser } from '@tandem/sip';
import { Challenges, type Met } from '../challenges.ts';
import type { Condition } from '../conditions.ts';
import type { Delivery } from '../delivery.ts';
import type { Login } from '../login.ts';
import { optionsTo } from '../options.ts';
import type { RegistrationTarget } from '../target.ts';
import { type Edges, unanswered } from '../uses/edges.ts';

/** A trunk that is looked at, and what its keeper does for that. */
export interface Subject {
  readonly trunk: Trunk;
  /** Where it registers; undefined when it does not. */
  readonly target: RegistrationTarget | undefined;
  readonly snapshot: Snapshot;
  readonly edges: Pick<Edges, 'ask' | 'look'>;
  /** The edge that its requests leave by; empty for any. */
  readonly edge: string;
  readonly now: () => number;
  /** Registers anew, unless the registrar wants to be left alone. */
  readonly refresh: () => Promise<Login | undefined>;
  /** Has the registrar pass an OPTIONS on to us. */
  readonly deliver: () => Promise<Delivery | undefined>;
  readonly conditions: () => readonly Condition[];
}

/** A place that requests to the trunk go to first. */
export interface Destination {
  /** The field that names it. */
  readonly field: string;
  readonly uri: string;
  /** What is asked there by OPTIONS; undefined for a mere registrar. */
  readonly asked: string | undefined;
  readonly isRegistrar: boolean;
}

/** What came of an OPTIONS. */
export interface Answered {
  readonly answer: edge.Answer;
  /** Why a challenge was not answered, or its answer not taken. */
  readonly refused?: Fault | undefined;
  /** It was asked for credentials, and they were taken. */
  readonly isProven: boolean;
}

/** Milliseconds that a connection may take, and an answer to OPTIONS. */
const patience = { connection: 4_000, answer: 4_000 };
/** Requests of one OPTIONS: challenges of a server and of a proxy, and a stale nonce. */
const maxRequests = 4;

/** What has been found of a trunk so far. Everything is asked once. */
export class Examination {
  readonly subject: Subject;
  /** Those that nothing has been found to be wrong with. */
  reachable: readonly Destination[];
  readonly #outlooks = new Map<Destination, Promise<edge.Outlook>>();
  readonly #answers = new Map<string, Promise<Answered>>();
  #login: Promise<Login | undefined> | undefined;

  constructor(subject: Subject) {
    this.subject = subject;
    this.reachable = destinationsOf(subject);
  }

  get isRegistering(): boolean {
    return this.subject.target !== undefined;
  }

  /** Where it leads. */
  outlook(destination: Destination): Promise<edge.Outlook> {
    const known = this.#outlooks.get(destination) ?? this.#look(destination);
    this.#outlooks.set(destination, known);
    return known;
  }

  /** What it says to OPTIONS; credentials are given where the trunk has some for who asks. */
  answer(asked: string): Promise<Answered> {
    const known = this.#answers.get(asked) ?? this.#ask(asked);
    this.#answers.set(asked, known);
    return known;
  }

  login(): Promise<Login | undefined> {
    this.#login ??= this.subject.refresh();
    return this.#login;
  }

  async #look({ uri }: Destination): Promise<edge.Outlook> {
    const { edge, edges } = this.subject;
    try {
      return await edges.look({ uri, route: [], patienceMs: patience.connection }, edge);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { places: [], fault: error.kind.code, detail: error.detail };
    }
  }

  async #ask(uri: string): Promise<Answered> {
    const { edge, edges, trunk } = this.subject;
    const challenges = new Challenges(trunk);
    const met: Met = new Map();
    const first = optionsTo(trunk, uri, patience.answer);
    for (let cseq = 1; ; cseq++) {
      const headers = [...first.headers, ...challenges.headers('OPTIONS', uri)];
      const answer = await edges.ask({ ...first, cseq, headers }, edge).then(
        (asked) => asked.answer,
        (error: unknown) => {
          if (error instanceof Fault) return unanswered(error);
          throw error;
        },
      );
      const isChallenge = answer.reason !== '' && (answer.status === 401 || answer.status === 407);
      if (!isChallenge || cseq === maxRequests) return { answer, isProven: !isChallenge && met.size > 0 };
      const refused = challenges.learn(answer, met);
      if (refused) return { answer, refused, isProven: false };
    }
  }
}

/** With an outbound proxy everything goes there. */
function destinationsOf({ target, trunk }: Subject): Destination[] {
  const { contacts, endpoint, registration } = trunk;
  const { outboundProxy } = endpoint;
  const isRegistrar = target !== undefined;
  if (outboundProxy !== undefined && (isRegistrar || contacts.length > 0)) {
    const asked = contacts[0] ?? target?.registrar;
    return [{ field: 'spec.endpoint.outboundProxy', uri: outboundProxy, asked, isRegistrar }];
  }
  const called = contacts.map((uri, index) => ({
    ...{ field: `spec.contacts[${index}]`, uri, asked: uri },
    isRegistrar: withoutUser(uri) === target?.registrar,
  }));
  if (!target || called.some((each) => each.isRegistrar)) return called;
  const field = registration?.server === undefined ? 'spec.contacts[0]' : 'spec.registration.server';
  return [...called, { field, uri: target.registrar, asked: undefined, isRegistrar: true }];
}
