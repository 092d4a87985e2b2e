import { blankRequest, type router } from '@tandem/contract';
import { isProven, seal, type TokenKey, unseal } from '@tandem/platform';
import { excerpt, Fault, malformedHeader, parseNameAddr, type SipRequest, unescapeText } from '@tandem/sip';
import { otherParty } from './call-dialogs.ts';
import { transferRefused } from './faults.ts';
import { identityText, readUser } from './identity-text.ts';
import type { EdgeParts } from './parts.ts';
import type { DialogToken, Party } from './token.ts';
import { askRouter } from './uses/router.ts';

/** Where a party is sent to, and the dialog that is to be replaced there (RFC 3891), if any. */
interface Target {
  readonly uri: string;
  readonly replaces: string;
}

/** Somebody whom a peer outside was sent to, in whose name, and by which trunk it has to come. */
export interface Referral extends Target {
  readonly referrer: router.Identity;
}

/** What becomes of a REFER whose receiver is hidden from: the verdict on it, or Refer-To by our address as that one has it. */
export type Referred = { readonly refused: router.Reject } | { readonly referTo: (facade: string) => string };

/** Tells the user part of such a URI from a number. */
const prefix = 'transfer.';
const context = 'transfer 1';
/** Milliseconds within which who was sent somewhere has to call there. */
const lifetime = 300_000;

type ReferralParts = Pick<EdgeParts, 'names' | 'node' | 'now' | 'records' | 'router' | 'tokenKey'>;

/**
 * Looks at a REFER between a party outside and a phone; undefined where it goes on as it is. Who is not trusted makes no
 * phone call anybody. Who is hidden from is sent to a URI that stands for who is meant. Throws a Fault.
 */
export async function referred(
  parts: ReferralParts,
  { outsiders, call }: DialogToken,
  sender: Party,
  request: SipRequest,
): Promise<Referred | undefined> {
  const [from, to] = [outsiders?.[sender], outsiders?.[otherParty(sender)]];
  if (!from) return to?.hidden ? send(parts, call, sender, request) : undefined;
  if (!from.trusted) throw new Fault(transferRefused, 'a peer that is not trusted sends nobody anywhere');
  if (to?.hidden)
    throw new Fault(transferRefused, 'a peer sends no other peer anywhere that sees nothing of it');
  return undefined;
}

async function send(
  parts: ReferralParts,
  call: string,
  sender: Party,
  request: SipRequest,
): Promise<Referred> {
  const target = targetOf(request);
  const record = await parts.records.read(call).catch(() => undefined);
  const identities = record && { caller: record.caller, callee: record.calleeIdentity };
  const user = readUser(identities?.[sender] ?? '');
  if (!user) throw new Fault(transferRefused, `nobody knows in whose name: Call-ID ${request.callId}`);
  const facts = questionOf(parts, request, target, user);
  const { decision } = await askRouter(parts.router, facts);
  if (decision?.$case === 'reject') return { refused: decision.value };
  if (decision?.$case !== 'relay') throw new Error(`a REFER got the verdict ${decision?.$case}`);
  return lead(parts, decision.value, { target, user, peer: identities![otherParty(sender)] });
}

/** The user as the caller of whom the other party is sent to. */
function questionOf(
  { names, node }: ReferralParts,
  { callId, method }: SipRequest,
  { uri: requestUri }: Target,
  referrer: router.Identity,
): router.Request {
  return {
    ...{ ...blankRequest(), method, callId, requestUri, referrer },
    flow: { transport: 'udp', host: '', port: 0, edge: node, localPort: 0, connection: 0 },
    ownHosts: [...names.hosts],
  };
}

/** A peer is sent to a number as it would be called there, to another domain as it is, and back here by a trunk. */
function lead(
  { now, tokenKey }: ReferralParts,
  { groups }: router.Relay,
  { peer, target, user }: { readonly target: Target; readonly user: router.Identity; readonly peer: string },
): Referred {
  const targets = groups.flatMap((group) => group.targets);
  const trunk = /^trunk\/([^@]+)@/.exec(peer)?.[1];
  if (targets.some(({ outside }) => outside)) {
    const known = targets.find(({ identity }) => identity === undefined || identityText(identity) === peer);
    if (!known || target.replaces !== '')
      throw new Fault(transferRefused, `${excerpt(target.uri)} is not there`);
    return { referTo: () => `<${known.uri}>` };
  }
  if (!trunk) throw new Fault(transferRefused, 'nobody calls here from other domains');
  const referral = { ...target, referrer: { ...user, trunk } };
  return { referTo: (facade) => `<sip:${writeReferral(tokenKey, referral, now())}@${facade}>` };
}

/** RFC 3515 §2.1. Nobody may write other headers of a request than Replaces. */
function targetOf(request: SipRequest): Target {
  const [value, ...others] = request.elements('Refer-To');
  const named = value === undefined ? undefined : parseNameAddr(value);
  if (!named || others.length > 0) throw new Fault(malformedHeader, 'Refer-To is missing or broken');
  const start = named.uri.indexOf('?', named.uri.indexOf('@') + 1);
  const uri = start === -1 ? named.uri : named.uri.slice(0, start);
  const method = /;method=([^;]*)/i.exec(uri)?.[1] ?? 'INVITE';
  if (method !== 'INVITE') throw new Fault(transferRefused, `with method ${excerpt(method)}`);
  return { uri, replaces: start === -1 ? '' : replacesIn(named.uri.slice(start + 1)) };
}

function replacesIn(headers: string): string {
  const found = headers.split('&').find((header) => /^replaces=/i.test(header));
  return found === undefined ? '' : (unescapeText(found.slice('replaces='.length)) ?? '');
}

/** The user part of a URI that stands for somebody for a while. */
export function writeReferral(key: TokenKey, { referrer, replaces, uri }: Referral, now: number): string {
  const { tenant, trunk, user } = referrer;
  const payload = JSON.stringify([now + lifetime, uri, replaces, tenant, user, trunk]);
  return prefix + seal(key, Buffer.from(payload, 'utf8'), context);
}

/** Whom a Request-URI stands for that was given out for a transfer; undefined when it was not, or too long ago. */
export function readReferral(key: TokenKey, requestUri: string, now: number): Referral | undefined {
  if (!requestUri.startsWith(`sip:${prefix}`)) return undefined;
  const unsealed = unseal(key, requestUri.slice(`sip:${prefix}`.length).split('@', 1)[0]!);
  if (!unsealed || !isProven(key, unsealed, context)) return undefined;
  const [end, uri, replaces, tenant, user, trunk] = JSON.parse(unsealed.payload.toString('utf8'));
  return now > end ? undefined : { uri, replaces, referrer: { tenant, user, trunk } };
}

/** What a router is told of a call there. */
export function factsOf({ referrer, uri }: Referral): Pick<router.Request, 'referrer' | 'requestUri'> {
  return { requestUri: uri, referrer };
}

/** A call there takes the place of the one that was named (RFC 3891). */
export function replacing(relay: router.Relay, referral: Referral | undefined): router.Relay {
  if (!referral || referral.replaces === '') return relay;
  return { ...relay, edits: [...relay.edits, { name: 'Replaces', value: referral.replaces }] };
}
