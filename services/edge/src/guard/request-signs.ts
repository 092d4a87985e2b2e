import type { SipRequest } from '@tandem/sip';

/** Faults of a router that say that credentials, or a name, were wrong: see docs/errors.md. */
export const failures: ReadonlySet<string> = new Set([
  'account-unknown',
  'wrong-password',
  'wrong-realm',
  'wrong-domain',
  'domain-foreign',
  'credentials-malformed',
  'digest-unprotected',
]);

/** Whether a request is one outside dialogs, and not about an earlier one. */
export function beginsSomething({ method, to }: SipRequest): boolean {
  return method !== 'ACK' && method !== 'CANCEL' && !to.params.has('tag');
}

export function hasCredentials(request: SipRequest): boolean {
  return request.has(proofOf(request));
}

/** In whose name a request came: who it says it is, and who its credentials say. */
export function nameIn(request: SipRequest): string {
  const claimed = request.value(request.method === 'REGISTER' ? 'To' : 'From') ?? '';
  const uri = /<([^<>]*)>/.exec(claimed)?.[1] ?? claimed.split(';', 1)[0];
  const username = /username="([^"]*)"/i.exec(request.value(proofOf(request)) ?? '')?.[1] ?? '';
  return `${uri} ${username}`;
}

function proofOf({ method }: SipRequest): 'Authorization' | 'Proxy-Authorization' {
  return method === 'REGISTER' ? 'Authorization' : 'Proxy-Authorization';
}
