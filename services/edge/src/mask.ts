import { isProven, seal, type TokenKey, unseal } from '@tandem/platform';
import { isSips, parseUri } from '@tandem/sip';

/** Stands for the Contact of a party: a URI of ours, from which any edge reads that of the party. */
export function maskContact(key: TokenKey, call: string, uri: string, host: string): string {
  return `${isSips(uri) ? 'sips' : 'sip'}:${seal(key, Buffer.from(uri, 'latin1'), contactContext(call))}@${host}`;
}

/** The Contact that a URI stands for; undefined when it is none of this call's. */
export function unmaskContact(key: TokenKey, call: string, uri: string): string | undefined {
  const parsed = parseUri(uri);
  if (!parsed || parsed.scheme === 'tel' || parsed.user === undefined) return undefined;
  return open(key, parsed.user, contactContext(call));
}

/** Many phones write their address into it; whatever else is in it names nobody. */
function tellsAddress(callId: string): boolean {
  return /[@.:[]/.test(callId);
}

/** The Call-ID as an outsider sees it; the same each time. */
export function maskCallId(key: TokenKey, callId: string): string {
  return tellsAddress(callId) ? seal(key, Buffer.from(callId, 'latin1'), callIdContext) : callId;
}

/** The Call-ID as the party has it that has chosen it. */
export function unmaskCallId(key: TokenKey, callId: string): string {
  return open(key, callId, callIdContext) ?? callId;
}

const callIdContext = 'call-id 1';

function contactContext(call: string): string {
  return `contact 1\0${call}`;
}

function open(key: TokenKey, text: string, context: string): string | undefined {
  const unsealed = unseal(key, text);
  return unsealed && isProven(key, unsealed, context) ? unsealed.payload.toString('latin1') : undefined;
}
