import type { router } from '@tandem/contract';
import type { DestinationSpec, InboundNumber, NumberCondition, Snapshot, Trunk } from '@tandem/resource';
import { type Callee, disabled } from './callee.ts';
import { numberMismatch, timeMismatch } from './condition.ts';

/** What rules of a number go by. */
interface Came {
  readonly caller: string;
  readonly trunk: Trunk;
  readonly now: number;
}

/** The destination of the first rule of a number that holds, else its own. */
export function chooseDestination(
  snapshot: Snapshot,
  number: InboundNumber,
  came: Came,
): { readonly destination: DestinationSpec; readonly steps: readonly router.Step[] } {
  const steps: router.Step[] = [];
  for (const [index, { when, destination }] of number.rules.entries()) {
    const unmet = mismatch(snapshot, number, when, came);
    const rule = `rule ${index + 1} of ${number.name}`;
    steps.push({
      rule: 'number',
      finding: `${rule} ${unmet === undefined ? 'holds' : `does not: ${unmet}`}`,
    });
    if (unmet === undefined) return { destination, steps };
  }
  return { destination: number.destination, steps };
}

function mismatch(
  snapshot: Snapshot,
  { tenant }: InboundNumber,
  { callers, trunk, ...time }: NumberCondition,
  came: Came,
): string | undefined {
  if (trunk !== undefined && trunk !== came.trunk.name)
    return `the trunk is ${came.trunk.name}, not ${trunk}`;
  const unmet = callers.map((each) => numberMismatch(each, came.caller));
  if (unmet.length > 0 && !unmet.includes(undefined)) {
    return `caller ${came.caller || 'nobody'} ${unmet.slice(0, 3).join(', ')}`;
  }
  return timeMismatch(snapshot, tenant, time, came.now);
}

/** Whom a destination names; that it is there was checked when the configuration was accepted. */
export function toDestination(
  snapshot: Snapshot,
  { tenant }: InboundNumber,
  { user, uri, trunk, number }: DestinationSpec,
  steps: readonly router.Step[],
  called: string,
): Callee {
  const found = (finding: string): router.Step[] => [
    ...steps,
    { rule: 'number', finding: `goes to ${finding}` },
  ];
  if (uri !== undefined) return { is: 'elsewhere', uri, steps: found(uri) };
  if (trunk !== undefined) {
    const trunks = [snapshot.trunk(tenant.name, trunk)!].filter(({ enabled }) => enabled);
    return { is: 'outside', number: number ?? called, trunks, steps: found(`trunk ${trunk}`) };
  }
  const callee = snapshot.user(tenant.name, user!)!;
  if (callee.enabled) return { is: 'user', user: callee, steps: found(`user ${callee.name}`) };
  return { is: 'refused', refusal: disabled(callee), steps: found(`user ${callee.name}`) };
}
