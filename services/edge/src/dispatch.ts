import type { router } from '@tandem/contract';
import {
  checkScheme,
  excerpt,
  extensionUnsupported,
  Fault,
  loopKey,
  parseUri,
  type SipRequest,
  unsupported,
  validateForwarding,
} from '@tandem/sip';
import { allow, answer, answerFault, answerOnce, knownMethods, supportedExtensions } from './answer.ts';
import { requestFacts } from './facts.ts';
import { edgeDraining, edgeStopping, methodNotAllowed, methodUnknown, transactionUnknown } from './faults.ts';
import { relayOverFlow } from './flow-relay.ts';
import { type FlowRequest, readFlowRoute } from './flow-token.ts';
import { relayInDialog } from './in-dialog.ts';
import { relayInvite } from './invite.ts';
import type { EdgeParts, ServerTx, ServerUser } from './parts.ts';
import { factsOf, readReferral, replacing } from './referral.ts';
import { refusedBy, refusedFor } from './refused-calls.ts';
import { checkSecured } from './secured.ts';
import { Shares } from './shares.ts';
import { relayStandalone, standaloneMethods } from './standalone.ts';
import { askRouter } from './uses/router.ts';
import { challenge, confirmRegistration, reject } from './verdict.ts';
import type { Vouchers } from './vouchers.ts';

/** Decides what becomes of each new request. */
export class Dispatcher {
  #stopping = false;
  #draining = false;
  readonly #parts: EdgeParts;
  readonly #vouchers: Vouchers;
  readonly #shares = new Shares();

  constructor(parts: EdgeParts, vouchers: Vouchers) {
    this.#parts = parts;
    this.#vouchers = vouchers;
  }

  /** Takes no new calls and no registrations by datagrams; a phone that is connected may call until its connection ends. */
  drain(): void {
    this.#draining = true;
  }

  /** Takes no new calls, and gives up those that nobody has answered yet. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const { status } = edgeStopping;
    await Promise.all(Array.from(this.#parts.calls.setups, async ({ request }) => request?.abandon(status)));
  }

  /** Handles a request in its transaction. A Fault on the way is its answer; anything else is our error, and a 500. */
  async dispatch(tx: ServerTx): Promise<void> {
    const { log } = this.#parts;
    const { callId: sipCallId, method } = tx.request;
    try {
      await this.#handle(tx);
    } catch (error) {
      if (error instanceof Fault) {
        log.info({ sipCallId, method, fault: error.kind.code }, error.message);
        answerFault(this.#parts, tx, error);
      } else {
        log.error({ sipCallId, method, err: error }, 'a request could not be handled');
        answer(this.#parts, tx, 500);
      }
    }
  }

  #handle(tx: ServerTx): Promise<void> | void {
    const { request } = tx;
    const { method } = request;
    if (method === 'CANCEL') throw new Fault(transactionUnknown, request.callId);
    const asked = readFlowRoute(request, this.#parts.tokenKey);
    if (asked) return this.#overFlow(tx, asked);
    if (request.to.params.has('tag') && method !== 'REGISTER') return this.#later(tx);
    if (method === 'OPTIONS') return this.#options(tx);
    if (method === 'REGISTER') return this.#register(tx);
    if (method === 'INVITE') return this.#invite(tx);
    if (standaloneMethods.includes(method)) return this.#standalone(tx);
    return this.#refuseMethod(tx);
  }

  #overFlow(tx: ServerTx, asked: FlowRequest): void {
    this.#checkForwarding(tx.request);
    relayOverFlow(this.#parts, tx, asked);
  }

  async #later(tx: ServerTx): Promise<void> {
    if (this.#mayGoOn(tx)) await relayInDialog(this.#parts, tx);
  }

  /** RFC 3261 §11.2: answered for whatever user, so that nobody learns who exists. */
  #options(tx: ServerTx): void {
    if (!this.#isUnderstood(tx)) return;
    this.#parts.sightings.claimed(lineIn(tx.request.uri) ?? '', 'OPTIONS', tx.flow.host);
    this.#parts.probes.heard(tx.request.callId, tx.flow);
    answerOnce(this.#parts, tx, 200, {
      headers: [allow, ['Accept', 'application/sdp'], ['Supported', supportedExtensions.join(', ')]],
    });
  }

  async #register(tx: ServerTx): Promise<void> {
    if (!this.#isUnderstood(tx)) return;
    checkSecured(tx.request, tx.flow);
    if (this.#isLeaving(tx)) throw new Fault(edgeDraining, 'no registrations');
    const { decision, identity } = await this.#ask(tx, this.#facts(tx));
    switch (decision?.$case) {
      case 'challenge':
        return challenge(this.#parts, tx, decision.value);
      case 'reject':
        return reject(this.#parts, tx, decision.value);
      case 'registered':
        this.#vouchers.registered(tx.flow, identity, decision.value.vouches);
        this.#parts.keepAlive.registered(tx.flow, decision.value, identity);
        return confirmRegistration(this.#parts, tx, decision.value);
      default:
        throw new Error(`a REGISTER got the verdict ${decision?.$case}`);
    }
  }

  async #invite(tx: ServerTx): Promise<void> {
    const asked: AskedInvite = { facts: undefined, relay: undefined, identity: undefined };
    try {
      await this.#call(tx, asked);
    } catch (error) {
      const why = refusedFor(error, tx.flow.host, asked.relay);
      const { facts, identity } = asked;
      if (why) this.#parts.refusedCalls.refused(() => facts ?? this.#facts(tx), { ...why, identity });
      throw error;
    }
  }

  async #call(tx: ServerTx, asked: AskedInvite): Promise<void> {
    if (this.#stopping) throw new Fault(edgeStopping, 'no new calls');
    if (this.#isLeaving(tx)) throw new Fault(edgeDraining, 'no new calls');
    if (!this.#mayGoOn(tx)) return;
    checkSecured(tx.request, tx.flow);
    const { now } = this.#parts;
    this.#shares.check(tx.request, now());
    const pending = new PendingInvite();
    tx.user = pending;
    const referral = readReferral(this.#parts.tokenKey, tx.request.uri, now());
    const seen = this.#facts(tx);
    const facts = referral ? { ...seen, ...factsOf(referral) } : seen;
    asked.facts = facts;
    const verdict = await this.#ask(tx, facts);
    const { decision, identity } = verdict;
    const refused = refusedBy(verdict);
    if (refused) this.#parts.refusedCalls.refused(() => facts, refused);
    switch (decision?.$case) {
      case 'challenge':
        return challenge(this.#parts, tx, decision.value);
      case 'reject':
        this.#shares.refused(tx.request, decision.value, now());
        return reject(this.#parts, tx, decision.value);
      case 'relay': {
        const relay = replacing(decision.value, referral);
        Object.assign(asked, { relay, identity });
        const proxied = await relayInvite(this.#parts, tx, facts, relay, identity);
        tx.user = proxied;
        proxied.start();
        if (pending.cancelled) proxied.cancel(pending.cancelled.reason);
        return;
      }
      default:
        throw new Error(`an INVITE got the verdict ${decision?.$case}`);
    }
  }

  /** What begins no call: a draining edge takes it, for it is soon over. */
  async #standalone(tx: ServerTx): Promise<void> {
    if (this.#stopping) throw new Fault(edgeStopping, 'no new requests');
    if (!this.#mayGoOn(tx)) return;
    checkSecured(tx.request, tx.flow);
    const { decision } = await this.#ask(tx, this.#facts(tx));
    switch (decision?.$case) {
      case 'challenge':
        return challenge(this.#parts, tx, decision.value);
      case 'reject':
        return reject(this.#parts, tx, decision.value);
      case 'relay': {
        const proxied = relayStandalone(this.#parts, tx, decision.value);
        tx.user = proxied;
        return proxied.start();
      }
      default:
        throw new Error(`a ${tx.request.method} got the verdict ${decision?.$case}`);
    }
  }

  #isLeaving({ flow }: ServerTx): boolean {
    return this.#draining && !flow.reliable;
  }

  #facts({ flow, request }: ServerTx): router.Request {
    const { node, names } = this.#parts;
    const vouched = this.#vouchers.voucher(flow);
    return requestFacts(request, flow, vouched, { node, ownHosts: names.hosts });
  }

  async #ask({ flow, request }: ServerTx, facts: router.Request): Promise<router.Verdict> {
    const { guard, load, router } = this.#parts;
    const askedAt = load.asked();
    try {
      const verdict = await askRouter(router, facts);
      guard.judged(request, flow, verdict);
      return verdict;
    } finally {
      load.decided(askedAt);
    }
  }

  /** RFC 3261 §16.3 for requests that go on; false when what is not understood has its answer. */
  #mayGoOn(tx: ServerTx): boolean {
    this.#checkForwarding(tx.request);
    return !this.#refuseExtensions(tx, 'Proxy-Require', []);
  }

  #checkForwarding(request: SipRequest): void {
    const { branchSecret, names } = this.#parts;
    const fault = validateForwarding(request, loopKey(request, branchSecret), names.isOwnVia);
    if (fault) throw fault;
  }

  /** RFC 3261 §8.2.2 for requests that end here; what is not understood has its answer. */
  #isUnderstood(tx: ServerTx): boolean {
    const fault = checkScheme(tx.request);
    if (fault) throw fault;
    return !this.#refuseExtensions(tx, 'Require', supportedExtensions);
  }

  /** RFC 3261 §8.2.2.3 for requests that end here, §16.3 step 5 for those that go on. */
  #refuseExtensions(
    tx: ServerTx,
    header: 'Require' | 'Proxy-Require',
    supported: readonly string[],
  ): boolean {
    const tags = unsupported(tx.request, header, supported);
    if (tags.length === 0) return false;
    const fault = new Fault(extensionUnsupported, `${header}: ${excerpt(tags.join(', '))}`);
    this.#parts.log.info({ sipCallId: tx.request.callId, fault: fault.kind.code }, fault.message);
    const why = tx.request.method === 'INVITE' ? refusedFor(fault, tx.flow.host, undefined) : undefined;
    if (why) this.#parts.refusedCalls.refused(() => this.#facts(tx), why);
    answer(this.#parts, tx, 420, { headers: [['Unsupported', tags.join(', ')]] });
    return true;
  }

  #refuseMethod(tx: ServerTx): void {
    const kind = knownMethods.includes(tx.request.method) ? methodNotAllowed : methodUnknown;
    answer(this.#parts, tx, kind.status, { headers: [allow] });
  }
}

/** What a router was told of an INVITE, and where it shall go. */
interface AskedInvite {
  facts: router.Request | undefined;
  relay: router.Relay | undefined;
  /** The caller, once it is proven. */
  identity: router.Identity | undefined;
}

/** The token in the Contact of a registration of ours. */
function lineIn(text: string): string | undefined {
  const uri = text.includes(';line=') ? parseUri(text) : undefined;
  return uri && uri.scheme !== 'tel' ? uri.params.get('line') : undefined;
}

/** An INVITE that waits for its verdict. */
class PendingInvite implements ServerUser {
  cancelled: { readonly reason: string | undefined } | undefined;

  cancel(reason: string | undefined): void {
    this.cancelled = { reason };
  }
}
