import { randomUUID } from 'node:crypto';
import { blankRequest, type router } from '@tandem/contract';
import { excerpt, Fault, isStale, type SipRequest, type SipResponse } from '@tandem/sip';
import type { Authorized, Branch } from './branch.ts';
import { trunkChallenged } from './faults.ts';
import type { TrunkAccount } from './outsider.ts';
import type { EdgeParts } from './parts.ts';
import type { ProxyOwner } from './proxy-owner.ts';
import type { Flow } from './socket/flow.ts';
import { isSecure } from './socket/transport.ts';
import type { Hop } from './token.ts';
import { askRouter } from './uses/router.ts';

/** How often a request is sent again: for a server, for a proxy before it, and once more for a stale nonce. */
export const maxTimes = 3;

/** The challenges of a 401 or 407. */
function challengesOf(response: SipResponse): string[] {
  return response.values(response.status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate');
}

/** What a trunk gets that has asked for credentials. Rejects with a Fault when it gets none. */
export async function authorizedBy(
  owner: ProxyOwner,
  branch: Branch,
  response: SipResponse,
): Promise<Authorized> {
  const { authorized, destination } = branch;
  if (!owner.authorize) throw new Fault(trunkChallenged, excerpt(destination.uri));
  return authorizedAgain(authorized, destination.uri, response, () => owner.authorize!(branch, response));
}

/** The same for any request: `ask` makes the credentials. */
export async function authorizedAgain(
  authorized: Authorized,
  uri: string,
  response: SipResponse,
  ask: () => Promise<string>,
): Promise<Authorized> {
  const { status } = response;
  const where = excerpt(uri);
  const header = status === 407 ? 'Proxy-Authorization' : 'Authorization';
  const wasGiven = authorized.headers.some(([name]) => name === header);
  const isAgain = wasGiven && !isStale(challengesOf(response));
  if (isAgain || authorized.times >= maxTimes)
    throw new Fault(
      trunkChallenged,
      `${where}: ${status} ${response.reason}: our credentials were not taken`,
    );
  const value = await ask();
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
  const numbered = before.find(([name]) => name === 'CSeq')?.[1];
  const number = numbered === undefined ? request.cseq.number : Number.parseInt(numbered, 10);
  const others = before.filter(([name]) => name !== 'CSeq' && !names.has(name.toLowerCase()));
  return [...others, ...headers, ['CSeq', `${number + times} ${request.method}`]];
}

/** A router has the password of the trunk, and says no more than what answers a challenge. Rejects with a Fault. */
export async function credentialsFor(
  { router: link }: Pick<EdgeParts, 'router'>,
  facts: router.Request,
  challenged: Omit<router.Challenged, 'challenges'>,
  response: SipResponse,
): Promise<string> {
  const asked = { ...challenged, challenges: challengesOf(response) };
  const { decision, explanation } = await askRouter(link, { ...facts, challenged: asked });
  if (decision?.$case === 'credentials') return decision.value.value;
  const why = explanation.at(-1)?.finding ?? decision?.$case;
  throw new Fault(
    trunkChallenged,
    `${excerpt(challenged.uri)}: ${response.status} ${response.reason}; ${why}`,
  );
}

/** A request within a dialog with a trunk, and where it was sent to. */
export interface DialogRequest {
  readonly method: string;
  readonly callId: string;
  readonly uri: string;
  readonly flow: Flow;
  /** Where the dialog was begun. */
  readonly hop: Hop;
}

/**
 * The same within a dialog. Who is spoken to may name any place there, so that what was asked has to come from where the
 * dialog was begun, or from an address of the trunk: whoever is called could ask for what proves us.
 */
export function dialogCredentials(
  parts: Pick<EdgeParts, 'node' | 'router'>,
  { tenant, trunk }: TrunkAccount,
  { callId, flow, hop, method, uri }: DialogRequest,
  response: SipResponse,
): Promise<string> {
  const known = flow.host === hop.host && (isSecure(flow.transport) || !isSecure(hop.transport));
  const facts = {
    ...{ ...blankRequest(), method, callId, requestUri: uri, key: randomUUID(), inDialog: true },
    flow: { transport: 'udp', host: '', port: 0, edge: parts.node, localPort: 0, connection: 0 },
  };
  return credentialsFor(parts, facts, { tenant, trunk, method, uri, peer: flow.host, known }, response);
}
