import type { NameAddr } from '../header/name-addr.ts';
import type { SipRequest } from '../message/request.ts';
import { parseUri } from '../uri/uri.ts';

/** Tells whether a URI names this proxy, by host and port. */
export type IsOwn = (uri: string) => boolean;

/** What a request says about its way after our own Route values were taken off (RFC 3261 §16.4). */
export interface RouteInformation {
  /** The Request-URI to go by: a strict router upstream had put ours there and the real one last in Route. */
  readonly uri: string;
  /** Our own values that were taken off, first first. */
  readonly own: readonly NameAddr[];
  /** Values of Route that remain, as written. */
  readonly rest: readonly string[];
}

/** Takes our own values off the Route set. Throws a Fault when Route is malformed. */
export function routeInformation(request: SipRequest, isOwn: IsOwn): RouteInformation {
  if (!request.has('Route')) return { uri: request.uri, own: [], rest: [] };
  const values = request.elements('Route');
  const routes = request.routes;
  const own: NameAddr[] = [];
  let uri = request.uri;
  let end = values.length;
  if (isStrictlyRouted(request.uri, isOwn)) {
    own.push({ uri, params: new Map() });
    end--;
    uri = routes[end]!.uri;
  }
  let at = 0;
  while (at < end && isOwn(routes[at]!.uri)) own.push(routes[at++]!);
  return { uri, own, rest: values.slice(at, end) };
}

/** §16.4: the Request-URI is a value that we had put into Record-Route; ours always carry `lr`. */
function isStrictlyRouted(uri: string, isOwn: IsOwn): boolean {
  if (!isOwn(uri)) return false;
  const parsed = parseUri(uri);
  return parsed !== undefined && parsed.scheme !== 'tel' && parsed.params.has('lr');
}
