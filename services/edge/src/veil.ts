import type { TokenKey } from '@tandem/platform';
import {
  Edit,
  Fault,
  type HeaderName,
  headerId,
  type IsOwn,
  parseMessage,
  parseNameAddr,
  type SipMessage,
  SipRequest,
  SipResponse,
} from '@tandem/sip';
import { bodyWith } from './body.ts';
import { type CoveredBody, coverBody } from './covered-body.ts';
import { maskCallId, maskContact, unmaskCallId } from './mask.ts';
import type { Names, Outsider } from './outsider.ts';
import type { Screen } from './proxy-owner.ts';
import type { DialogToken, Party } from './token.ts';

/** What a veil is made of. */
export interface VeilParts {
  readonly key: TokenKey;
  readonly isOwn: IsOwn;
  readonly token: DialogToken;
  /** Who stands before it. */
  readonly outsider: Outsider;
  /** Who sends the request. */
  readonly sender: Party;
  /** Our address as the outsider knows it, with a transport where that is not UDP. */
  readonly facade: string;
  /** The value of Refer-To that is shown outside, by our address there. */
  readonly referTo?: ((facade: string) => string) | undefined;
  /** Another veil stands before the sender, and sees to Record-Route in responses. */
  readonly leavesRoutes?: boolean;
  /** Our values of Record-Route for a response that goes upstream, of a request that begins a dialog. */
  readonly recordRoutes?: (response: SipResponse) => readonly string[];
}

/** Headers that may show nothing of where a party is: an outsider who is hidden from gets no other ones. */
const harmless: ReadonlySet<number> = new Set(
  (
    [
      ...(['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Max-Forwards'] as const),
      ...(['Route', 'Record-Route'] as const),
      ...([
        'Require',
        'Proxy-Require',
        'Supported',
        'Unsupported',
        'Allow',
        'Accept',
        'Allow-Events',
      ] as const),
      ...(['Content-Length', 'Content-Type', 'Content-Encoding', 'Date', 'Timestamp', 'Subject'] as const),
      ...(['Expires', 'Min-Expires', 'Event', 'Session-Expires', 'Min-SE', 'RAck', 'RSeq'] as const),
      ...(['Reason', 'Retry-After', 'Privacy'] as const),
    ] satisfies HeaderName[]
  ).map(headerId),
);
/** The same with what is put in place of Refer-To. */
const referring: ReadonlySet<number> = new Set([...harmless, headerId('Refer-To')]);
/** The same, of those that have no id. */
const harmlessNames: ReadonlySet<string> = new Set([
  'accept-encoding',
  'accept-language',
  'content-disposition',
  'content-language',
  'info-package',
  'mime-version',
  'priority',
  'recv-info',
  'refer-sub',
  'subscription-state',
]);

/** What shows an identity as proven: that is for us to say, and for peers that are trusted (RFC 3325 §5). */
const asserting = ['P-Asserted-Identity', 'P-Preferred-Identity', 'Remote-Party-ID'] as const;

/**
 * Stands between somebody outside and the other party for one request and its responses: each of them sees a dialog
 * with us. All that takes is in the token, so that any edge can take it up.
 */
export class Veil implements Screen {
  readonly #parts: VeilParts;

  constructor(parts: VeilParts) {
    this.#parts = parts;
  }

  /** Whether somebody outside is asked whose challenges are nothing to the other party. */
  get keepsChallenges(): boolean {
    return !this.#isFromOutside && !this.#outsider.challenges;
  }

  /** The request, whose description is changed to `sdp`, as its receiver may see it. Throws a Fault. */
  request(request: SipRequest, sdp?: string): SipRequest {
    const edit = new Edit(request);
    if (this.#isFromOutside) this.#disclose(edit, request, sdp);
    else this.#cover(edit, request, sdp);
    this.#nameParties(edit, request);
    const changed = parseMessage(edit.write());
    if (changed instanceof SipRequest) return changed;
    throw new Error(`a ${request.method} is none any more behind its veil`);
  }

  /**
   * A response to a request, as its sender may see it, ready to be changed further; `sdp` is what its description is
   * changed to, or why that cannot be had: what cannot be read cannot be covered either.
   */
  response(response: SipResponse, request: SipRequest, sdp?: string | Fault): Edit {
    const edit = new Edit(response);
    if (this.#isFromOutside) this.#coverResponse(edit, response, request, sdp);
    else this.#discloseResponse(edit, response, request, sdp);
    edit.set('Call-ID', request.callId).set('From', request.value('From')!);
    return edit.set('To', repliesTo(request, response));
  }

  get #outsider(): Outsider {
    return this.#parts.outsider;
  }

  get #isFromOutside(): boolean {
    return this.#parts.sender === this.#outsider.party;
  }

  /** Takes out of a message for outside what shows where its sender is. */
  #cover(edit: Edit, message: SipMessage, sdp: string | Fault | undefined): void {
    if (!this.#outsider.hidden) {
      remove(edit, asserting);
      changeBody(edit, message, sdp);
      return;
    }
    coverBodyIn(edit, message, sdp);
    const { facade, referTo } = this.#parts;
    const others = message
      .fieldsExcept(referTo ? referring : harmless, Number.POSITIVE_INFINITY)
      .map(({ name }) => name.toLowerCase());
    remove(edit, new Set(others.filter((name) => !harmlessNames.has(name))));
    if (message instanceof SipRequest) edit.remove('Via').remove('Route').remove('Record-Route');
    if (referTo) edit.set('Refer-To', referTo(facade));
    const [contact] = isRedirection(message) ? [] : message.contacts;
    if (contact) edit.set('Contact', `<${this.#mask(contact.uri)}>`);
    else edit.remove('Contact');
  }

  #mask(uri: string): string {
    const { facade, key, token } = this.#parts;
    return maskContact(key, token.call, uri, facade);
  }

  #coverResponse(
    edit: Edit,
    response: SipResponse,
    request: SipRequest,
    sdp: string | Fault | undefined,
  ): void {
    restoreVias(edit, request);
    this.#cover(edit, response, sdp);
    if (this.#outsider.hidden) this.#route(edit, response);
  }

  #disclose(edit: Edit, request: SipRequest, sdp: string | undefined): void {
    changeBody(edit, request, sdp);
    if (!this.#outsider.trusted) remove(edit, asserting);
    if (this.#hasOwnCallId) edit.set('Call-ID', unmaskCallId(this.#parts.key, request.callId));
  }

  /** The outsider has seen no Via but ours. */
  #discloseResponse(
    edit: Edit,
    response: SipResponse,
    request: SipRequest,
    sdp: string | Fault | undefined,
  ): void {
    changeBody(edit, response, sdp);
    if (!this.#outsider.trusted) remove(edit, asserting);
    if (!this.#outsider.hidden) {
      edit.removeFirst('Via');
      return;
    }
    restoreVias(edit, request);
    this.#route(edit, response);
  }

  /** Who began the dialog finds its own proxies in Record-Route, and ours; only a response that has any has a use for it. */
  #route(edit: Edit, response: SipResponse): void {
    const { leavesRoutes, recordRoutes } = this.#parts;
    const has = !leavesRoutes && response.has('Record-Route');
    if (has) edit.remove('Record-Route');
    if (!has || !recordRoutes) return;
    for (const value of recordRoutes(response)) edit.prepend('Record-Route', value);
  }

  /** The outsider knows the dialog by a Call-ID of ours. */
  get #hasOwnCallId(): boolean {
    return this.#outsider.hidden && this.#outsider.party === 'callee';
  }

  #nameParties(edit: Edit, request: SipRequest): void {
    const { names } = this.#outsider;
    const { key, sender } = this.#parts;
    if (this.#hasOwnCallId && !this.#isFromOutside) edit.set('Call-ID', maskCallId(key, request.callId));
    if (!names) return;
    const shown: Names = names[this.#isFromOutside ? 'inside' : 'outside'];
    const receiver = sender === 'caller' ? 'callee' : 'caller';
    edit.set('From', tagged(shown[sender], request.from.params.get('tag')));
    edit.set('To', tagged(shown[receiver], request.to.params.get('tag')));
  }
}

function changeBody(edit: Edit, message: SipMessage, sdp: string | Fault | undefined): void {
  const body = sdp instanceof Fault ? '' : bodyWith(message, sdp);
  if (body !== undefined) edit.body(body);
}

const nothing: CoveredBody = { text: '', type: '' };

function coverBodyIn(edit: Edit, message: SipMessage, sdp: string | Fault | undefined): void {
  const isRefusal = message instanceof SipResponse && message.status >= 300;
  const covered = isRefusal || sdp instanceof Fault ? nothing : coveredBody(message, sdp);
  if (!covered) return;
  edit.body(covered.text);
  if (covered.type === '') edit.remove('Content-Type');
  else if (covered.type !== undefined) edit.set('Content-Type', covered.type);
}

/** What has to be understood is refused, if its sender could hear that and the call does not end with it. */
function coveredBody(message: SipMessage, sdp: string | undefined): CoveredBody | undefined {
  const mayRefuse = message instanceof SipRequest && !['ACK', 'BYE'].includes(message.method);
  try {
    return coverBody(message, sdp, mayRefuse);
  } catch (error) {
    if (mayRefuse || !(error instanceof Fault)) throw error;
    return nothing;
  }
}

/** The Vias of a request, in a response to it whose sender has seen none of them. */
export function restoreVias(edit: Edit, request: SipRequest): void {
  edit.remove('Via');
  const [top, ...others] = request.elements('Via');
  for (const via of [request.stampedVia ?? top!, ...others]) edit.prepend('Via', via);
}

/** It would tell where others are. */
function isRedirection(message: SipMessage): boolean {
  return message instanceof SipResponse && message.status >= 300;
}

function remove(edit: Edit, names: Iterable<string>): void {
  for (const name of names) edit.remove(name);
}

/** A name-addr, or a URI, with a tag. */
export function tagged(party: string, tag: string | undefined): string {
  const named = party.endsWith('>') ? party : `<${party}>`;
  return tag === undefined ? named : `${named};tag=${tag}`;
}

/** To of a response: that of the request, with the tag that the response adds (RFC 3261 §8.2.6.2). */
function repliesTo(request: SipRequest, response: SipResponse): string {
  const value = request.value('To')!;
  const tag = response.to.params.get('tag');
  return request.to.params.has('tag') || tag === undefined ? value : `${value};tag=${tag}`;
}

/** The values of Record-Route that stand before ours: of proxies between us and who answers. */
export function routesBeyond(message: SipMessage, isOwn: IsOwn): string[] {
  const routes = message.elements('Record-Route');
  const ours = routes.findIndex((route) => isOwn(parseNameAddr(route)?.uri ?? ''));
  return routes.slice(0, Math.max(ours, 0));
}
