import type { ContactChange } from '@tandem/location';
import type { RegistrationSpec } from '@tandem/resource';
import { malformedHeader, parseNameAddr, parseUri } from '@tandem/sip';
import { intervalTooBrief } from './faults.ts';
import { type Refusal, refusal } from './refusal.ts';

/** Reads one element of Contact of a REGISTER (RFC 3261 §10.3, RFC 5626 §6). */
export function readContact(
  element: string,
  expiresHeader: number | undefined,
  spec: RegistrationSpec,
  outbound = false,
): ContactChange | Refusal {
  const contact = parseNameAddr(element);
  const scheme = contact && parseUri(contact.uri)?.scheme;
  if (scheme !== 'sip' && scheme !== 'sips') return broken(element, 'is not a SIP URI');
  const { uri, params } = contact!;
  const q = readQ(params.get('q'));
  const instance = params.get('+sip.instance');
  const regId = readNumber(params.get('reg-id'));
  if (q === undefined) return broken(element, 'has a broken q');
  if (instance !== undefined && !/^<[^"\\<>]{1,256}>$/.test(instance))
    return broken(element, 'has a broken instance');
  const expires = readExpires(params.get('expires'), expiresHeader, spec);
  if (typeof expires !== 'number') return expires;
  return {
    contact: uri,
    q,
    expires,
    ...(instance !== undefined && { instance }),
    // RFC 5626 §6: reg-id means nothing without an instance, nor from a phone that does not know what it means.
    ...(outbound && instance !== undefined && regId !== undefined && { regId }),
  };
}

function broken(element: string, what: string): Refusal {
  return refusal(malformedHeader, 'contact', `Contact ${JSON.stringify(element)} ${what}`);
}

/** In thousandths; absent means the most (RFC 3261 §20.10). */
function readQ(text: string | undefined): number | undefined {
  if (text === undefined) return 1_000;
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Math.round(Number(text) * 1_000) : undefined;
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** RFC 3261 §10.2.1.1: the parameter, else the header, else ours; what is no number counts as absent. */
function readExpires(
  parameter: string | undefined,
  header: number | undefined,
  { minExpires, maxExpires, defaultExpires }: RegistrationSpec,
): number | Refusal {
  const asked = readNumber(parameter) ?? readNumber(String(header)) ?? defaultExpires;
  if (asked === 0 || asked >= minExpires) return Math.min(asked, maxExpires);
  return {
    ...refusal(intervalTooBrief, 'contact', `${asked} s, at least ${minExpires} s`),
    headers: [{ name: 'Min-Expires', value: String(minExpires) }],
  };
}

/** A value of Contact for the 200 (RFC 3261 §10.3 step 8). */
export function writeContact(
  contact: Pick<ContactChange, 'contact' | 'q' | 'instance' | 'regId'>,
  expires: number,
  gruus: readonly string[] = [],
): string {
  const { q, instance, regId } = contact;
  const preference = q === 1_000 ? '' : `;q=${q / 1_000}`;
  const outbound = instance === undefined ? '' : `;+sip.instance="${instance}"`;
  const flow = regId === undefined ? '' : `;reg-id=${regId}`;
  return [`<${contact.contact}>;expires=${expires}${preference}${outbound}${flow}`, ...gruus].join(';');
}
