import { blankRequest, type router } from '@tandem/contract';
import { homeRealm, nearestHint, type Snapshot, type Trunk, type User } from '@tandem/resource';
import { escapeUser, Fault, parseUri, schemeOf } from '@tandem/sip';
import { nameIn } from './claim.ts';
import { servedDomain } from './domain.ts';
import { callerUnknown } from './faults.ts';
import type { Proven } from './identity.ts';
import type { Question } from './question.ts';
import { type Bindings, calleeOf, route, wanted } from './route.ts';
import { proveBySource } from './trunk-proof.ts';

/** A call that is only thought of. */
export interface DryRun {
  /** `1001` where one tenant has such a user, `1001@domain` or a URI; taken as proven. Of a trunk, whoever calls. */
  readonly from: string;
  /** A name, alias or number of the caller's tenant, `user@domain` or a URI. */
  readonly to: string;
  /** The address that the call comes from: that of a trunk makes it a call of the trunk. */
  readonly source?: string | undefined;
  /** Names and addresses of the edge that it comes to. */
  readonly ownHosts?: readonly string[] | undefined;
  /** What a request said, of one that there was. */
  readonly facts?: Partial<Pick<router.Request, 'from' | 'to' | 'callId' | 'headers'>>;
  /** Routes that do not have the call are told of, too. */
  readonly isExplained?: boolean;
}

/** The verdict on a call that is not placed, by the same function as that on one that is. Throws `caller-unknown`. */
export async function dryRun(
  snapshot: Snapshot,
  lookup: (aors: readonly string[]) => Promise<Bindings>,
  run: DryRun,
  now: number,
): Promise<router.Verdict> {
  const { isExplained = true } = run;
  const asked = inboundQuestion(snapshot, run) ?? userQuestion(snapshot, run);
  const question = { ...asked, isExplained };
  const callee = calleeOf(snapshot, question, now);
  return route(await lookup(wanted(callee)), question, callee, now);
}

function userQuestion(snapshot: Snapshot, run: DryRun): Question {
  const user = findCaller(snapshot, run);
  return { request: requestOf(run, user.name, homeRealm(user.tenant)), caller: takenAsProven(user) };
}

/** A call from the address of a trunk, as that trunk would write it. */
function inboundQuestion(snapshot: Snapshot, run: DryRun): Question | undefined {
  const candidates = [...snapshot.proofs.source(run.source ?? '')].flat();
  for (const trunk of candidates) {
    const thought = requestOf(run, run.from, run.ownHosts?.[0] ?? homeRealm(trunk.tenant));
    const request = run.facts ? thought : asWritten(trunk, thought);
    const proof = proveBySource(snapshot, request);
    if (proof.trunk === trunk) return { request, caller: { is: 'trunk', trunk, steps: proof.steps } };
  }
  return undefined;
}

/** The number goes where the trunk puts it. */
function asWritten(
  { endpoint: { didFrom }, identify: { line } }: Trunk,
  request: router.Request,
): router.Request {
  const requestUri = line === undefined ? request.requestUri : `${request.requestUri};line=${line}`;
  return { ...request, requestUri, headers: [{ name: didFrom, value: request.to }] };
}

function findCaller(snapshot: Snapshot, run: DryRun): User {
  const found =
    run.from.includes('@') || schemeOf(run.from) ? findByUri(snapshot, run) : findByName(snapshot, run);
  if (found.enabled) return found;
  throw new Fault(callerUnknown, `${found.name} of ${found.tenant.name} is disabled`);
}

function findByUri(snapshot: Snapshot, { from, ownHosts = [] }: DryRun): User {
  const uri = parseUri(withScheme(from));
  if (!uri || uri.scheme === 'tel') throw new Fault(callerUnknown, `${from} is no SIP URI`);
  const tenant = servedDomain(snapshot, uri.host, ownHosts)?.tenant;
  if (!tenant) throw new Fault(callerUnknown, `${uri.host} is no domain of a tenant`);
  const name = nameIn(uri) ?? '';
  const user = snapshot.user(tenant.name, name);
  if (user) return user;
  throw new Fault(
    callerUnknown,
    `${name} of ${tenant.name}${nearestHint(name, snapshot.names(tenant.name))}`,
  );
}

function findByName(snapshot: Snapshot, { from }: DryRun): User {
  const users = [...snapshot.tenants.keys()].flatMap((tenant) => snapshot.user(tenant, from) ?? []);
  const [user, another] = users;
  if (user && !another) return user;
  const tenants = users.map(({ tenant }) => tenant.name).join(', ');
  throw new Fault(callerUnknown, user ? `${from} is a user of ${tenants}` : `no tenant has a user ${from}`);
}

function withScheme(text: string): string {
  return schemeOf(text) ? text : `sip:${text}`;
}

function requestOf(
  { to, source, ownHosts = [], facts }: DryRun,
  caller: string,
  realm: string,
): router.Request {
  const isAddress = to.includes('@') || schemeOf(to) !== undefined;
  const requestUri = isAddress ? withScheme(to) : `sip:${escapeUser(to)}@${realm}`;
  return {
    ...blankRequest(),
    method: 'INVITE',
    requestUri,
    from:
      caller.includes('@') || schemeOf(caller)
        ? `<${withScheme(caller)}>`
        : `<sip:${escapeUser(caller)}@${realm}>`,
    to: `<${requestUri}>`,
    cseq: 1,
    flow: { transport: 'udp', host: source ?? '', port: 0, edge: '', localPort: 0, connection: 0 },
    ownHosts: [...ownHosts],
    hops: 1,
    ...facts,
  };
}

function takenAsProven(user: User): Proven {
  const finding = `${user.name} of ${user.tenant.name}, taken as proven`;
  const realm = { name: homeRealm(user.tenant), tenant: user.tenant, finding };
  return { is: 'proven', user, realm, steps: [{ rule: 'identity', finding }] };
}
