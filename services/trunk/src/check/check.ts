import type { trunk as contract } from '@tandem/contract';
import { withoutToken } from '../conditions.ts';
import { auth, codecs, options } from './answers.ts';
import { callerId, inbound } from './calls.ts';
import { Examination, type Subject } from './examination.ts';
import type { Finding } from './finding.ts';
import { dns, reachability, tls } from './reach.ts';

/** One part of a trunk, and the one that it makes no sense without. */
interface Part {
  readonly name: string;
  readonly after: (examination: Examination) => string | undefined;
  readonly find: (examination: Examination) => Finding | Promise<Finding>;
}

const parts: readonly Part[] = [
  { name: 'endpoint', after: () => undefined, find: endpoint },
  { name: 'dns', after: () => 'endpoint', find: dns },
  { name: 'reachability', after: () => 'dns', find: reachability },
  { name: 'tls', after: () => 'reachability', find: tls },
  { name: 'auth', after: () => 'tls', find: auth },
  { name: 'options', after: () => 'auth', find: options },
  { name: 'codecs', after: () => 'options', find: codecs },
  { name: 'caller-id', after: () => 'endpoint', find: callerId },
  { name: 'inbound', after: ({ isRegistering }) => (isRegistering ? 'auth' : 'endpoint'), find: inbound },
];

/** Looks at each part of a trunk in the order in which one builds on the other. Nobody is rung, and nothing is paid for. */
export async function checkTrunk(subject: Subject): Promise<contract.Step[]> {
  const examination = new Examination(subject);
  const steps: contract.Step[] = [];
  const inTheWay = new Map<string, string>();
  for (const { after, find, name } of parts) {
    const cause = inTheWay.get(after(examination) ?? '');
    const step = cause === undefined ? stepOf(name, subject, await find(examination)) : skipped(name, cause);
    if (cause !== undefined) inTheWay.set(name, cause);
    else if (step.status === 'failed' && !goesOn(name, examination)) inTheWay.set(name, name);
    steps.push(step);
  }
  return steps;
}

/** One destination that is dead does not keep others from being looked at, unless it is the registrar. */
function goesOn(name: string, { isRegistering, reachable }: Examination): boolean {
  if (!['dns', 'reachability', 'tls'].includes(name)) return false;
  return isRegistering ? reachable.some(({ isRegistrar }) => isRegistrar) : reachable.length > 0;
}

function endpoint({ subject: { trunk } }: Examination): Finding {
  if (trunk.enabled) return { evidence: ['enabled'] };
  const hint = 'Set spec.enabled to true.';
  return {
    evidence: ['disabled'],
    wrong: { field: 'spec.enabled', layer: 'policy', fault: 'trunk-disabled', hint },
  };
}

const nothing = { object: '', layer: '', fault: '', hint: '' };

function stepOf(name: string, { trunk }: Subject, { evidence, isOpen, wrong }: Finding): contract.Step {
  const found = { name, evidence: evidence.map(withoutToken), ...nothing };
  if (!wrong) return { ...found, status: isOpen ? 'unknown' : 'ok' };
  const { fault, field, hint, layer } = wrong;
  const object = field.startsWith('spec.') ? `Trunk/${trunk.name} ${field}` : field;
  return { ...found, status: 'failed', object, layer, fault, hint };
}

function skipped(name: string, cause: string): contract.Step {
  return { name, status: 'skipped', evidence: [`not tried: ${cause} has failed`], ...nothing };
}
