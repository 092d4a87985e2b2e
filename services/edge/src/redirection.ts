import type { router } from '@tandem/contract';
import { Fault, isSips, type SipResponse, sameUri } from '@tandem/sip';
import { type DestinationGroup, headersOf, toGroup } from './destination.ts';
import type { EdgeParts } from './parts.ts';
import type { SetupCall } from './setup-call.ts';
import { askRouter } from './uses/router.ts';

/** Contacts of redirections that a router is asked about for one call: its depth as well as its width. */
const maxContacts = 8;

type RedirectionParts = Pick<EdgeParts, 'calls' | 'log' | 'router'>;

/**
 * Where the callee of a call has sent it on to. Nobody is called whom the caller may not call: a router decides about each
 * contact as if the caller had called it.
 */
export class Redirection {
  readonly #parts: RedirectionParts;
  readonly #facts: router.Request;
  readonly #call: SetupCall;
  /** What was asked about, the caller's own request first. */
  readonly #asked: string[];

  constructor(parts: RedirectionParts, facts: router.Request, call: SetupCall) {
    this.#parts = parts;
    this.#facts = facts;
    this.#call = call;
    this.#asked = [facts.requestUri];
  }

  /** Groups in place of who has answered with a 3xx, in the order of `q`; none when no contact may be called. */
  async follow(response: SipResponse): Promise<readonly DestinationGroup[]> {
    const levels = this.#contactsOf(response);
    const verdicts = await Promise.all(levels.map((uris) => Promise.all(uris.map((uri) => this.#ask(uri)))));
    return verdicts.flatMap(together);
  }

  /** What was asked about before is a circle. */
  #contactsOf(response: SipResponse): string[][] {
    const levels = new Map<number, string[]>();
    for (const { uri, params } of response.contacts) {
      const target = withoutHeaders(uri);
      if (this.#asked.length > maxContacts || this.#asked.some((asked) => sameUri(asked, target))) continue;
      // RFC 3261 §16.5: who has called a sips URI is not sent on to a sip one.
      if (isSips(this.#facts.requestUri) && !isSips(target)) continue;
      this.#asked.push(target);
      const q = Number(params.get('q') ?? 1);
      levels.set(q, [...(levels.get(q) ?? []), target]);
    }
    return [...levels].sort(([a], [b]) => b - a).map(([, uris]) => uris);
  }

  async #ask(requestUri: string): Promise<readonly DestinationGroup[]> {
    const { calls, log, router } = this.#parts;
    try {
      const { decision } = await askRouter(router, { ...this.#facts, requestUri });
      if (decision?.$case !== 'relay') return [];
      const { edits, groups, limits, media } = decision.value;
      calls.admitted(this.#call, limits);
      // The offer has gone out as it is.
      if (media?.anchor && this.#call.media === '') return [];
      const headers = headersOf(edits);
      return groups.map((group) => {
        const { destinations, ...rest } = toGroup(group);
        return { ...rest, destinations: destinations.map((each) => ({ headers, ...each })) };
      });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.info({ sipCallId: this.#facts.callId, fault: error.kind.code }, error.message);
      return [];
    }
  }
}

/** Groups of several contacts of one `q`: the first ones of each ring together, and so on. */
function together(contacts: readonly (readonly DestinationGroup[])[]): DestinationGroup[] {
  const length = Math.max(0, ...contacts.map((groups) => groups.length));
  return Array.from({ length }, (_, index) => {
    const groups = contacts.flatMap((each) => each[index] ?? []);
    const ringTimeout = Math.max(...groups.map((group) => group.ringTimeout ?? 0));
    return { destinations: groups.flatMap(({ destinations }) => destinations), ringTimeout };
  });
}

/** Headers in a URI would become headers of the request (RFC 3261 §19.1.1): nobody may write those. */
function withoutHeaders(uri: string): string {
  const start = uri.indexOf('?', uri.indexOf('@') + 1);
  return start === -1 ? uri : uri.slice(0, start);
}
