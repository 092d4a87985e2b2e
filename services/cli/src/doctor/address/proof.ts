import type { Finding } from '../check.ts';
import type { HopFinding } from './hop.ts';
import type { Way } from './vantage.ts';

/** What an answer that came by a way does not prove; nothing where it proves all. */
const unproven: Readonly<Record<Way, string>> = {
  inside: '',
  pod: 'but that is a pod, which the outside reaches only where addresses of pods are routed',
  'own-machine': 'but from a pod on that very machine: no network between, and nothing before it, was passed',
  machine: 'by its machine, but from within the cluster: what is before the machines was not passed',
  beyond: 'but from within the cluster: kube-proxy may have answered for the load balancer',
};

/** What a finding of a pod proves of an address, and what it does not; `command` proves the way from outside. */
export function proof(way: Way, { hint, isCertain, ok, value }: HopFinding, command: string): Finding {
  const outside = `to prove the way from outside, run there: ${command}`;
  if (ok) {
    const missing = unproven[way];
    return {
      ok,
      value: missing ? `${value}; ${missing}; ${outside}` : `${value}; by this way all reach it who are told`,
    };
  }
  if (way !== 'beyond' || isCertain) return { ok, value, hint };
  return {
    ok,
    value: `cannot be told from here: ${value}`,
    hint: `From within, the way back from a load balancer or a NAT may be missing although the outside has it; ${outside}`,
    unsure: true,
  };
}
