import type { router } from '@tandem/contract';
import type { Binding } from '@tandem/location';
import { isSips, parseNameAddr } from '@tandem/sip';
import { sipsUnreachable } from './faults.ts';
import { type Refusal, refusal } from './refusal.ts';

/** Whether nothing but TLS leads to a phone: it has registered a sips Contact over it (RFC 5630 §5.1). */
export function isSecuredBinding({ contact, flow: { transport } }: Binding): boolean {
  return isSips(contact) && (transport === 'tls' || transport === 'wss');
}

/** Whether a target outside is reached over TLS alone. */
export function isSecuredTarget({ route: [first], uri }: router.Target): boolean {
  return isSips(uri) && (first === undefined || isSips(parseNameAddr(first)?.uri ?? ''));
}

/** RFC 5630 §5.3: a sips Contact stands for the same sip one as well, to which its flow leads, and nothing else. */
export function asSip(target: router.Target): router.Target {
  if (!isSips(target.uri)) return target;
  const alternatives = target.alternatives.map(asSip);
  return { ...target, uri: `sip:${target.uri.slice('sips:'.length)}`, flowOnly: true, alternatives };
}

/** RFC 5630 §5.3 */
export function notSecured(rule: string, detail: string): Refusal {
  const warning = { name: 'Warning', value: '380 tandem "SIPS Not Allowed"' };
  return { ...refusal(sipsUnreachable, rule, detail), headers: [warning] };
}
