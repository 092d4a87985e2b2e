import { requestTarget } from '../dialog/dialog.ts';
import { parseNameAddr } from '../header/name-addr.ts';
import { Edit } from '../message/edit.ts';
import type { SipRequest } from '../message/request.ts';

/** RFC 3261 §16.6 step 3: what a request without Max-Forwards gets. */
const defaultMaxForwards = 70;

/** How a request leaves. */
export interface Forwarding {
  /** The new Request-URI. */
  readonly uri: string;
  /** The whole Route set, first first. */
  readonly route: readonly string[];
  /** Both stand as the request shall leave, even if the first route is a strict one. */
  readonly isRouted?: boolean;
  /** The value of our Via. */
  readonly via: string;
  /** Our values of Record-Route, first first, where the request begins a dialog. */
  readonly recordRoute?: readonly string[];
  /** Headers to set, or to remove where the value is undefined. */
  readonly headers?: readonly (readonly [name: string, value: string | undefined])[];
  readonly body?: string;
}

/** Writes the forwarded request (RFC 3261 §16.6 steps 2 to 9). */
export function forwardRequest(request: SipRequest, forwarding: Forwarding): string {
  const { uri, routes } = targetOf(forwarding);
  const edit = new Edit(request).requestUri(uri).set('Max-Forwards', nextMaxForwards(request));
  for (const value of forwarding.recordRoute ?? []) edit.prepend('Record-Route', value);
  edit.prepend('Via', forwarding.via);
  if (request.stampedVia !== undefined) edit.replaceFirst('Via', request.stampedVia);
  if (request.has('Route')) edit.remove('Route');
  for (const value of routes) edit.prepend('Route', value);
  for (const [name, value] of forwarding.headers ?? []) {
    if (value === undefined) edit.remove(name);
    else edit.set(name, value);
  }
  if (forwarding.body !== undefined) edit.body(forwarding.body);
  return edit.write();
}

/** §16.6 step 6 */
function targetOf({ uri, route, isRouted }: Forwarding): ReturnType<typeof requestTarget> {
  return isRouted ? { uri, routes: route } : requestTarget({ target: uri, routes: route });
}

/** The URI that the forwarded request is sent to: the first route, or the Request-URI (§16.6 step 7). */
export function nextHop(forwarding: Pick<Forwarding, 'uri' | 'route'>): string {
  const first = forwarding.route[0];
  return first === undefined ? forwarding.uri : (parseNameAddr(first)?.uri ?? forwarding.uri);
}

function nextMaxForwards(request: SipRequest): string {
  const left = request.maxForwards;
  return String(left === undefined ? defaultMaxForwards : left - 1);
}
