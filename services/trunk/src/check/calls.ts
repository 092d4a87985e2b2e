import { type InboundNumber, toE164, type User } from '@tandem/resource';
import { callerIdMissing, inboundMissing, trunkWithoutNumbers } from '../faults.ts';
import type { Examination } from './examination.ts';
import { type Finding, wrong } from './finding.ts';

/** What callers are shown as: a trunk that gets the name of a user for a number most often refuses the call. */
export function callerId({ subject: { snapshot, trunk } }: Examination): Finding {
  const { callerId: own, name, tenant } = trunk;
  const routes = snapshot.routes(tenant.name).filter(({ trunks }) => trunks.includes(name));
  if (routes.length === 0) return { evidence: ['not needed: no Route leads to the trunk'] };
  const { fallback } = own;
  const users = [...snapshot.users()].filter((user) => user.tenant === tenant && user.enabled);
  const shown = users.filter(hasNumber);
  const isNumber = fallback !== undefined && toE164(tenant.dialPlan, fallback) !== undefined;
  const evidence = [
    `by ${routes.map((route) => `Route/${route.name}`).join(', ')}`,
    `${shown.length} of ${users.length} users have a callerId`,
    fallback === undefined
      ? 'no callerId.fallback for the others'
      : `${fallback} for the others${isNumber ? '' : ', which is no number of the dial plan'}`,
  ];
  const isWrong = fallback === undefined ? shown.length === 0 : !isNumber;
  return {
    evidence,
    wrong: isWrong ? wrong(callerIdMissing, 'policy', 'spec.callerId.fallback') : undefined,
  };
}

function hasNumber({ callerId: own, callerIds }: User): boolean {
  return own !== undefined || callerIds.length > 0;
}

/** Whether a call of the trunk would be known for one, would be taken anywhere, and arrives. */
export async function inbound(examination: Examination): Promise<Finding> {
  const { conditions, deliver, snapshot, trunk } = examination.subject;
  const find = (type: string) => conditions().find((each) => each.type === type);
  const identify = find('Identify');
  const numbers = numbersOf(examination);
  if (identify?.status === 'false') {
    if (numbers.length === 0)
      return {
        evidence: ['not expected: nothing tells that a call comes from it, and no Number takes one'],
        isOpen: true,
      };
    const { detail, hint = '', reason: fault } = identify;
    return { evidence: [detail], wrong: { field: 'spec.identify', layer: 'auth', fault, hint } };
  }
  const known = `told by ${identify?.detail ?? ''}`;
  if (numbers.length === 0) {
    const all = new Set([...snapshot.numbers(trunk.tenant.name)]).size;
    const evidence = [known, `${all} spellings of numbers in the tenant, none for this trunk`];
    return { evidence, wrong: wrong(trunkWithoutNumbers, 'routing', 'Number') };
  }
  const evidence = [known, `${numbers.length} numbers are called by it`];
  if (find('InboundVerified')?.status === 'unknown' && examination.isRegistering) await deliver();
  const { detail = '', status } = find('InboundVerified') ?? {};
  if (status === 'true') return { evidence: [...evidence, detail] };
  if (status !== 'false')
    return { evidence: [...evidence, detail, 'call one of its numbers to be sure'], isOpen: true };
  const { hint = '', layer = 'nat', reason: fault } = find('InboundVerified')!;
  return {
    evidence: [...evidence, detail],
    wrong: { ...wrong(inboundMissing, 'nat', 'spec.registration'), fault, hint, layer: layer as 'nat' },
  };
}

function numbersOf({ subject: { snapshot, trunk } }: Examination): InboundNumber[] {
  const spellings = [...snapshot.numbers(trunk.tenant.name)];
  const all = new Set(spellings.map((spelling) => snapshot.number(trunk.tenant.name, spelling)));
  return [...all].filter(
    (number) => number !== undefined && (number.trunk ?? trunk.name) === trunk.name,
  ) as InboundNumber[];
}
