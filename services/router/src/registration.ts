import type { router } from '@tandem/contract';
import type { Binding, ContactChange, RegistrationChange } from '@tandem/location';
import type { User } from '@tandem/resource';
import { extensionUnsupported, malformedHeader, parseNameAddr, parseUri } from '@tandem/sip';
import { readContact, writeContact } from './contact.ts';
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
  const unroutable = checkPath(request);
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

/** What is no SIP URI could not be put into a Route. */
function isHop(element: string): boolean {
  const uri = parseUri(parseNameAddr(element)?.uri ?? '');
  return uri !== undefined && uri.scheme !== 'tel';
}

function readContacts(
  { contacts, expires }: router.Request,
  user: User,
): { readonly wanted: readonly ContactChange[] | 'all' } | Refusal {
  if (contacts.includes('*')) {
    // RFC 3261 §10.2.2
    if (contacts.length === 1 && expires === 0) return { wanted: 'all' };
    return refusal(malformedHeader, 'contact', 'Contact: * must stand alone, with Expires: 0');
  }
  const wanted: ContactChange[] = [];
  for (const element of contacts) {
    const contact = readContact(element, expires, user.tenant.registration);
    if ('kind' in contact) return contact;
    wanted.push(contact);
  }
  return { wanted };
}

/** The 200 of a REGISTER. */
export function registered(
  request: router.Request,
  { user, steps }: Proven,
  bindings: readonly Binding[],
  now: number,
): router.Verdict {
  const contacts = bindings.map((binding) =>
    writeContact(binding, Math.max(1, Math.ceil((binding.expiresAt - now) / 1_000))),
  );
  const value = { contacts, path: request.path, vouches: vouches(request, bindings) };
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
