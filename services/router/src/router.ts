import type { router } from '@tandem/contract';
import { aorOf, type Location } from '@tandem/location';
import { type CallLimits, type Log, type NonceCounts, type TokenKey, tokenKey } from '@tandem/platform';
import type { Snapshot } from '@tandem/resource';
import { Fault, type HmacKey, hmac, hmacKey } from '@tandem/sip';
import { admitCall } from './admission.ts';
import type { Unmatched } from './callee.ts';
import { challenge } from './challenge.ts';
import { withoutDeadContacts } from './dead-contacts.ts';
import { DecisionLog } from './decision-log.ts';
import type { DecisionTracing } from './decision-tracing.ts';
import { calleeLimitReached, nonceReplayed, storeUnavailable } from './faults.ts';
import { readGruu } from './gruu.ts';
import { type Caller, identify, type Proven, type ProvenTrunk } from './identity.ts';
import { LineTokens } from './line-tokens.ts';
import { partyOf, type Question } from './question.ts';
import { asCall } from './referral.ts';
import { refusal } from './refusal.ts';
import { readRegistration, registered } from './registration.ts';
import { calleeOf, route, wanted } from './route.ts';
import { withoutFirst } from './series.ts';
import { answerTrunk } from './trunk-credentials.ts';
import { Stores, type StoreTime } from './uses/stores.ts';
import type { TrunkNodes } from './uses/trunks.ts';
import { rejection } from './verdict.ts';
import type { VerdictCounts } from './verdict-counts.ts';
import { soughtBy, whereabouts } from './whereabouts.ts';

/** What a router stands on. */
export interface RouterParts {
  /** The configuration in force. */
  readonly snapshot: () => Snapshot;
  readonly location: Location;
  readonly nonceCounts: NonceCounts;
  readonly limits: CallLimits;
  /** Signs nonces; the same on every router of a cluster. */
  readonly secret: string | Uint8Array;
  /** Makes the tokens of trunks that register; the same on every node of a cluster. */
  readonly lineSecret: string | Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told why requests were refused. */
  readonly log?: Log;
  /** Told how long the stores took. */
  readonly storeTime?: StoreTime;
  /** Told of each call whose limits could not be checked. */
  readonly unchecked?: () => void;
  readonly verdicts?: VerdictCounts;
  readonly tracing?: DecisionTracing | undefined;
  /** What is known of contacts of trunks, and who is told that calls of theirs arrive. */
  readonly trunks?: Pick<TrunkNodes, 'isDown' | 'sighted' | 'unlisted'>;
  /** Told of each number that a trunk has called and nobody here has. */
  readonly unmatched?: (number: Unmatched, request: router.Request) => void;
}

/** How long a phone shall wait when a store is down, in seconds. */
const retryAfter = 5;

/** Decides requests. It keeps nothing between two of them: the decision itself is `identify`, `calleeOf` and `route`. */
export class Router {
  readonly #snapshot: () => Snapshot;
  readonly #stores: Stores;
  readonly #key: HmacKey;
  readonly #gruuKey: TokenKey;
  readonly #lines: LineTokens;
  readonly #now: () => number;
  readonly #log: DecisionLog | undefined;
  readonly #unchecked: (() => void) | undefined;
  readonly #verdicts: VerdictCounts | undefined;
  readonly #tracing: DecisionTracing | undefined;
  readonly #trunks: RouterParts['trunks'];
  readonly #unmatched: RouterParts['unmatched'];

  constructor({ snapshot, secret, lineSecret, now, log, unchecked, verdicts, ...stores }: RouterParts) {
    this.#snapshot = snapshot;
    this.#stores = new Stores(stores);
    this.#unchecked = unchecked;
    this.#key = hmacKey(secret);
    this.#gruuKey = tokenKey(hmac(this.#key, 'gruu'));
    this.#lines = new LineTokens(hmacKey(lineSecret));
    this.#now = now;
    this.#log = log && new DecisionLog(log);
    this.#verdicts = verdicts;
    this.#tracing = stores.tracing;
    this.#trunks = stores.trunks;
    this.#unmatched = stores.unmatched;
  }

  /** The verdict on a request; it rejects only for a defect. */
  decide(request: router.Request): Promise<router.Verdict> {
    const decide = (): Promise<router.Verdict> => this.#decide(request);
    return this.#tracing?.decision(request, decide) ?? decide();
  }

  async #decide(request: router.Request): Promise<router.Verdict> {
    const now = this.#now();
    const snapshot = this.#snapshot();
    if (request.challenged) return answerTrunk(snapshot, this.#key, request);
    if (request.inDialog) return this.#locate(snapshot, request, now);
    if (request.method === 'REFER') return this.#refer(snapshot, request, now);
    const caller = identify(snapshot, { nonce: this.#key, lines: this.#lines }, request, now);
    if (caller.unlisted) this.#trunks?.unlisted(caller.unlisted, request.method, request.flow?.host ?? '');
    const verdict = await this.#conclude(snapshot, request, caller, now).catch((error: unknown) =>
      unavailable(request, caller, error),
    );
    this.#log?.note(request, verdict, now);
    this.#verdicts?.note(verdict);
    return { ...verdict, configuration: snapshot.version };
  }

  /** Of a request whose sender an edge has proven: its call was decided long ago. */
  #locate(snapshot: Snapshot, request: router.Request, now: number): Promise<router.Verdict> {
    const sought = soughtBy(snapshot, request, readGruu(this.#gruuKey, request.requestUri));
    const lookup = (aors: readonly string[]) => this.#stores.lookup(aors, now);
    return whereabouts(request, sought, lookup).catch((error: unknown) =>
      unavailable(request, { steps: [] }, error),
    );
  }

  #refer(snapshot: Snapshot, request: router.Request, now: number): Promise<router.Verdict> | router.Verdict {
    const call = asCall(snapshot, request);
    if ('kind' in call) return rejection(request, call, []);
    return this.#route(snapshot, call, now).catch((error: unknown) =>
      unavailable(request, call.caller, error),
    );
  }

  /** Removes what had registered over a connection: nobody is reached through it any more. */
  connectionEnded({ edge, connection }: Pick<router.EndedConnection, 'edge' | 'connection'>): Promise<void> {
    return this.#stores.connectionEnded(edge, connection, this.#now());
  }

  async #conclude(
    snapshot: Snapshot,
    request: router.Request,
    known: Caller,
    now: number,
  ): Promise<router.Verdict> {
    const caller = await this.#claim(known, request.key, now);
    switch (caller.is) {
      case 'refused':
        return rejection(request, caller.refusal, caller.steps, caller.user);
      case 'unproven':
        return challenge(this.#key, request, caller, now);
      case 'proven':
        if (request.method === 'REGISTER') return this.#register(request, caller, now);
        return this.#route(snapshot, { request, caller }, now);
      case 'trunk':
        return this.#route(snapshot, { request, caller }, now);
    }
  }

  /** Credentials that have been used before prove nothing. */
  async #claim(caller: Caller, claimant: string, now: number): Promise<Caller> {
    const used = usedBy(caller);
    if (!used || (await this.#stores.claim(used.claim, claimant, now))) return caller;
    const { realm, claim } = used;
    const { steps } = caller;
    const detail = `count ${claim.count} of the nonce has been used`;
    return { is: 'unproven', realm, kind: nonceReplayed, detail, stale: true, steps };
  }

  async #route(snapshot: Snapshot, asked: Question, now: number): Promise<router.Verdict> {
    const question = this.#named(asked);
    const callee = calleeOf(snapshot, question, now);
    const bindings = await this.#stores.lookup(wanted(callee), now);
    const { caller, request } = question;
    const isUnmatched = callee.is === 'refused' && callee.unmatched && request.method === 'INVITE';
    if (isUnmatched) this.#unmatched?.(callee.unmatched, request);
    if (caller.is === 'trunk') this.#trunks?.sighted(caller.trunk, request.method, request.flow?.host ?? '');
    const decided = route(bindings, question, callee, now);
    const verdict = this.#trunks ? withoutDeadContacts(decided, this.#trunks) : decided;
    return question.request.method === 'INVITE' ? this.#admit(snapshot, question, verdict, now) : verdict;
  }

  /** A question for one phone of a user, where the Request-URI names that. */
  #named(question: Question): Question {
    const { request, caller } = question;
    const isNumber = caller.is === 'trunk' && !request.referrer;
    const gruu = isNumber ? undefined : readGruu(this.#gruuKey, request.requestUri);
    return gruu ? { request: { ...request, requestUri: gruu.aor }, caller, gruu } : question;
  }

  async #admit(
    snapshot: Snapshot,
    question: Question,
    verdict: router.Verdict,
    now: number,
  ): Promise<router.Verdict> {
    const { request } = question;
    const { decision, explanation } = verdict;
    if (decision?.$case !== 'relay' || request.key === '') return verdict;
    const admission = await admitCall(this.#stores, snapshot, request.key, verdict, now);
    if (admission.refusal) {
      const isForCallee = admission.refusal.kind === calleeLimitReached;
      const others = isForCallee ? withoutFirst(verdict) : undefined;
      if (others) return this.#admit(snapshot, question, others, now);
      return rejection(request, admission.refusal, explanation, partyOf(question));
    }
    if (admission.unchecked) this.#unchecked?.();
    const value = { ...decision.value, limits: [...admission.names] };
    return { ...verdict, decision: { $case: 'relay', value } };
  }

  async #register(request: router.Request, caller: Proven, now: number): Promise<router.Verdict> {
    const { user, steps } = caller;
    const aor = aorOf(user.tenant.name, user.name);
    const change = readRegistration(request, user);
    if ('kind' in change) return rejection(request, change, steps, user);
    if (request.contacts.length === 0) {
      const found = await this.#stores.lookup([aor], now);
      return registered(request, caller, found.get(aor) ?? [], this.#gruuKey, now);
    }
    const { refusal: refused, bindings } = await this.#stores.update(aor, change, now);
    if (!refused) return registered(request, caller, bindings, this.#gruuKey, now);
    return rejection(request, refusal(refused.kind, 'bindings', refused.detail), steps, user);
  }
}

/** The nonce that a caller has used to prove itself, if it has. */
function usedBy(caller: Caller): ProvenTrunk['digest'] {
  if (caller.is === 'trunk') return caller.digest;
  return caller.is === 'proven' && caller.claim ? { realm: caller.realm, claim: caller.claim } : undefined;
}

function unavailable(
  request: router.Request,
  { steps }: Pick<Caller, 'steps'>,
  error: unknown,
): router.Verdict {
  if (!(error instanceof Fault) || error.kind !== storeUnavailable) throw error;
  const { kind, detail } = error;
  const headers = [{ name: 'Retry-After', value: String(retryAfter) }];
  const blamed = { kind: 'Tier', name: 'store' } as const;
  return rejection(request, { kind, rule: 'bindings', detail, blamed, headers }, steps);
}
