import type { router } from '@tandem/contract';
import type { Binding, ContactChange, RegistrationChange } from '@tandem/location';
import type { TokenKey } from '@tandem/platform';
import { canonicalHost, type User } from '@tandem/resource';
import { extensionUnsupported, isBehindNat, malformedHeader, parseNameAddr, parseUri } from '@tandem/sip';
import { readContact, writeContact } from './contact.ts';
import { isOwnHost } from './domain.ts';
import { contactIsOwn, firstHopLacksOutbound } from './faults.ts';
import { publicGruu, temporaryGruu } from './gruu.ts';
import type { Proven } from './identity.ts';
import { type Refusal, refusal } from './refusal.ts';
import { verdict } from './verdict.ts';

/** User-Agent is kept with each binding, and only so much of it. */
const userAgentCap = 128;
/** Proxies between a phone and its edge. */
const pathCap = 8;

/** What a REGISTER asks of the store; with no contacts it only asks what is there. */
export function readRegistration(request: router.Request, user: User): RegistrationChange | Refusal {
  const { flow, path, callId, cseq } = request;
  if (!flow) return refusal(malformedHeader, 'contact', 'the edge sent no flow');
  const unroutable = checkPath(request) ?? checkFirstHop(request);
  if (unroutable) return unroutable;
  const contacts = readContacts(request, user);
  if ('kind' in contacts) return contacts;
  return {
    callId,
    cseq,
    contacts: contacts.wanted,
    path,
    flow,
    userAgent: request.userAgent.slice(0, userAgentCap),
    maxContacts: user.maxContacts,
    policy: user.maxContactsPolicy,
    repeated: request.repeated,
  };
}

function checkPath({ path, supported }: router.Request): Refusal | undefined {
  if (path.length === 0) return undefined;
  // RFC 3327 §5.3: a phone that does not know Path could not make sense of it in the response.
  if (!supported.includes('path')) {
    const unsupported = refusal(extensionUnsupported, 'contact', 'Path without Supported: path');
    return { ...unsupported, headers: [{ name: 'Unsupported', value: 'path' }] };
  }
  const broken = path.length > pathCap ? 'too many elements' : path.find((element) => !isHop(element));
  return broken === undefined ? undefined : refusal(malformedHeader, 'contact', `Path: ${broken}`);
}

/** RFC 5626 §6: through a proxy that keeps no flow nobody could be reached. */
function checkFirstHop(request: router.Request): Refusal | undefined {
  const { contacts, hops, path } = request;
  if (hops <= 1 || !wantsOutbound(request) || !contacts.some((contact) => contact.includes('reg-id')))
    return undefined;
  const first = parseUri(parseNameAddr(path.at(-1) ?? '')?.uri ?? '');
  if (first && first.scheme !== 'tel' && first.params.has('ob')) return undefined;
  return refusal(firstHopLacksOutbound, 'contact', `${path.at(-1) ?? 'no Path'}, after ${hops} hops`);
}

function wantsOutbound({ supported }: router.Request): boolean {
  return supported.includes('outbound');
}

/** What is no SIP URI could not be put into a Route. */
function isHop(element: string): boolean {
  const uri = parseUri(parseNameAddr(element)?.uri ?? '');
  return uri !== undefined && uri.scheme !== 'tel';
}

function readContacts(
  request: router.Request,
  user: User,
): { readonly wanted: readonly ContactChange[] | 'all' } | Refusal {
  const { contacts, expires } = request;
  if (contacts.includes('*')) {
    // RFC 3261 §10.2.2
    if (contacts.length === 1 && expires === 0) return { wanted: 'all' };
    return refusal(malformedHeader, 'contact', 'Contact: * must stand alone, with Expires: 0');
  }
  const wanted: ContactChange[] = [];
  for (const element of contacts) {
    const contact = readContact(element, expires, user.tenant.registration, wantsOutbound(request));
    if ('kind' in contact) return contact;
    if (isOwnGruu(contact.contact, user, request)) {
      return refusal(contactIsOwn, 'contact', contact.contact);
    }
    wanted.push({ ...contact, ...keepAlive(contact.contact, user, request) });
  }
  // RFC 5626 §6: a flow leads to one contact.
  const bound = wanted.filter((contact) => contact.expires > 0);
  if (bound.length < 2 || bound.every(({ regId }) => regId === undefined)) return { wanted };
  return refusal(malformedHeader, 'contact', `reg-id, but ${bound.length} contacts`);
}

/** Seconds after which a NAT has to be reminded. Via betrays it where the phone has learnt its outer address. */
function keepAlive(
  contact: string,
  user: User,
  { flow, path, translated }: router.Request,
): Pick<ContactChange, 'keepAlive'> {
  const interval = intervalOf(user);
  if (flow?.transport !== 'udp' || path.length > 0 || interval === 0) return {};
  return translated || isBehindNat(contact, flow) ? { keepAlive: interval } : {};
}

/** RFC 5627 §5.1 */
function isOwnGruu(contact: string, { tenant }: User, { ownHosts }: router.Request): boolean {
  if (!contact.includes(';gr')) return false;
  const uri = parseUri(contact);
  if (!uri || uri.scheme === 'tel' || !uri.params.has('gr')) return false;
  return tenant.domains.includes(canonicalHost(uri.host)) || isOwnHost(uri.host, ownHosts);
}

/** The 200 of a REGISTER. */
export function registered(
  request: router.Request,
  { user, steps }: Proven,
  bindings: readonly Binding[],
  key: TokenKey,
  now: number,
): router.Verdict {
  const contacts = bindings.map((binding) => {
    const expires = Math.max(1, Math.ceil((binding.expiresAt - now) / 1_000));
    return writeContact(binding, expires, gruusOf(request, user, binding, key));
  });
  const value = {
    contacts,
    path: request.path,
    vouches: vouches(request, bindings),
    outbound: isOutbound(request, bindings),
    keepAlive: keptOpen(request, user, bindings),
  };
  const finding = `${user.name} has ${bindings.length} of at most ${user.maxContacts} contacts`;
  const explanation = [...steps, { rule: 'bindings', finding }];
  return verdict(request, { $case: 'registered', value }, explanation, user);
}

function vouches({ flow }: router.Request, bindings: readonly Binding[]): boolean {
  if (!flow || flow.connection === 0) return false;
  return bindings.some(
    ({ flow: { edge, connection } }) => edge === flow.edge && connection === flow.connection,
  );
}

/** RFC 5627 §5.3: of each contact with an instance, for a phone that knows what they are. */
function gruusOf(request: router.Request, user: User, binding: Binding, key: TokenKey): string[] {
  if (binding.instance === undefined || !request.supported.includes('gruu')) return [];
  const aor = parseUri(parseNameAddr(request.to)?.uri ?? '');
  if (!aor || aor.scheme === 'tel') return [];
  const lasting = publicGruu(user, aor.host, binding.instance);
  const temporary = temporaryGruu(key, user, aor.host, binding);
  return [...(lasting === undefined ? [] : [`pub-gruu="${lasting}"`]), `temp-gruu="${temporary}"`];
}

/** Whether this request has bound a flow by RFC 5626, of which its answer tells (§6). */
function isOutbound(request: router.Request, bindings: readonly Binding[]): boolean {
  const { callId, cseq } = request;
  return (
    wantsOutbound(request) &&
    bindings.some((each) => each.regId !== undefined && each.callId === callId && each.cseq === cseq)
  );
}

/** What the edge has to do for the flow of this request, whichever of the bindings it was. */
function keptOpen(
  request: router.Request,
  user: User,
  bindings: readonly Binding[],
): router.KeepAlive | undefined {
  const over = bindings.filter((binding) => isOver(request.flow, binding));
  const asked = over.find((binding) => binding.keepAlive !== undefined);
  const interval = request.flow?.transport === 'udp' ? asked?.keepAlive : intervalOf(user);
  if (over.length === 0 || !interval) return undefined;
  const untilMs = Math.ceil(Math.max(...over.map(({ expiresAt }) => expiresAt)));
  return { interval, untilMs, contact: (asked ?? over[0]!).contact };
}

function intervalOf(user: User): number {
  return user.keepAlive ?? user.tenant.registration.keepAlive;
}

function isOver(flow: router.Flow | undefined, { flow: bound }: Binding): boolean {
  return flow?.host === bound.host && flow.port === bound.port && flow.localPort === bound.localPort;
}
