import { excerpt, Fault, isStale, type SipRequest, type SipResponse } from '@tandem/sip';
import type { Authorized, Branch } from './branch.ts';
import { trunkChallenged } from './faults.ts';
import type { ProxyOwner } from './proxy-owner.ts';

/** How often a request is sent again: for a server, for a proxy before it, and once more for a stale nonce. */
const maxTimes = 3;

/** The challenges of a 401 or 407. */
export function challengesOf(response: SipResponse): string[] {
  return response.values(response.status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate');
}

/** What a trunk gets that has asked for credentials. Rejects with a Fault when it gets none. */
export async function authorizedBy(
  owner: ProxyOwner,
  { authorized, destination }: Branch,
  response: SipResponse,
): Promise<Authorized> {
  const { status } = response;
  const where = excerpt(destination.uri);
  if (!owner.authorize || destination.identity?.trunk === undefined) throw new Fault(trunkChallenged, where);
  const header = status === 407 ? 'Proxy-Authorization' : 'Authorization';
  const wasGiven = authorized.headers.some(([name]) => name === header);
  const isAgain = wasGiven && !isStale(challengesOf(response));
  if (isAgain || authorized.times >= maxTimes)
    throw new Fault(
      trunkChallenged,
      `${where}: ${status} ${response.reason}: our credentials were not taken`,
    );
  const value = await owner.authorize(destination, response);
  const others = authorized.headers.filter(([name]) => name !== header);
  return { headers: [...others, [header, value]], times: authorized.times + 1 };
}

type Headers = ProxyOwner['headers'];

/** The headers of a request that a trunk gets once more, in place of what they were to be. */
export function authorizedHeaders(
  request: SipRequest,
  { headers, times }: Authorized,
  before: Headers,
): Headers {
  if (times === 0) return before;
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const { method, number } = request.cseq;
  const others = before.filter(([name]) => !names.has(name.toLowerCase()));
  return [...others, ...headers, ['CSeq', `${number + times} ${method}`]];
}
