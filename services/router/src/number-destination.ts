import type { router } from '@tandem/contract';
import {
  type DestinationSpec,
  type InboundNumber,
  type NumberCondition,
  type Snapshot,
  type Trunk,
  toE164,
  type User,
  type WaySpec,
} from '@tandem/resource';
import type { Callee, OneCallee } from './callee.ts';
import { numberMismatch, timeMismatch } from './condition.ts';
import { disabled } from './refusal.ts';

/** What rules of a number go by. */
interface Came {
  readonly caller: string;
  /** Undefined for a call of a user of the tenant. */
  readonly trunk: Trunk | undefined;
  readonly now: number;
  /** What is called, in E.164 where the dial plan knows it. */
  readonly called: string;
}

/** Where a call to a number goes: as the first of its rules says that holds, else as the number itself does. */
export function destinationOf(snapshot: Snapshot, number: InboundNumber, came: Came): Callee {
  const { way, steps } = chooseWay(snapshot, number, came);
  const callees = [way.destination, ...way.otherwise].map((destination, index) =>
    toCallee(snapshot, number, destination, {
      called: came.called,
      verb: index === 0 ? 'goes' : 'then goes',
    }),
  );
  const [first, ...others] = callees;
  if (others.length === 0) return { ...first!, steps: [...steps, ...first!.steps] };
  return { is: 'series', callees, steps };
}

/** A number of their tenant that users call themselves: one for them alone, or one that goes where it goes from outside. */
export function findOwnNumber(
  snapshot: Snapshot,
  { callerId, name, tenant }: User,
  { spellings, internal, now }: { spellings: readonly string[]; internal: boolean; now: number },
): Callee | undefined {
  const numbers = spellings.map((spelling) => snapshot.number(tenant.name, spelling));
  const number = numbers.find((found) => found?.internal === internal && found.trunk === undefined);
  if (!number) return undefined;
  const shown = callerId ?? name;
  const caller = toE164(tenant.dialPlan, shown)?.number ?? shown;
  const callee = destinationOf(snapshot, number, {
    caller,
    trunk: undefined,
    now,
    called: spellings.at(-1)!,
  });
  const finding = `number ${number.name} of the tenant itself`;
  return { ...callee, steps: [{ rule: 'number', finding }, ...callee.steps] };
}

function chooseWay(
  snapshot: Snapshot,
  number: InboundNumber,
  came: Came,
): { readonly way: WaySpec; readonly steps: readonly router.Step[] } {
  const steps: router.Step[] = [];
  for (const [index, way] of number.rules.entries()) {
    const unmet = mismatch(snapshot, number, way.when, came);
    const rule = `rule ${index + 1} of ${number.name}`;
    steps.push({
      rule: 'number',
      finding: `${rule} ${unmet === undefined ? 'holds' : `does not: ${unmet}`}`,
    });
    if (unmet === undefined) return { way, steps };
  }
  return { way: number, steps };
}

function mismatch(
  snapshot: Snapshot,
  { tenant }: InboundNumber,
  { callers, trunk, ...time }: NumberCondition,
  came: Came,
): string | undefined {
  if (trunk !== undefined && trunk !== came.trunk?.name)
    return `the trunk is ${came.trunk?.name ?? 'none'}, not ${trunk}`;
  const unmet = callers.map((each) => numberMismatch(each, came.caller));
  if (unmet.length > 0 && !unmet.includes(undefined)) {
    return `caller ${came.caller || 'nobody'} ${unmet.slice(0, 3).join(', ')}`;
  }
  return timeMismatch(snapshot, tenant, time, came.now);
}

/** Whom a destination names; that it is there was checked when the configuration was accepted. */
function toCallee(
  snapshot: Snapshot,
  inbound: InboundNumber,
  { user, uri, trunk, number, ringTimeout }: DestinationSpec,
  { called, verb }: { readonly called: string; readonly verb: string },
): OneCallee {
  const { tenant } = inbound;
  const rung = { ringTimeout, inbound };
  const found = (whom: string): router.Step[] => [{ rule: 'number', finding: `${verb} to ${whom}` }];
  if (uri !== undefined) return { is: 'elsewhere', uri, ...rung, steps: found(uri) };
  if (trunk !== undefined) {
    const trunks = [snapshot.trunk(tenant.name, trunk)!].filter(({ enabled }) => enabled);
    return { is: 'outside', number: number ?? called, trunks, ...rung, steps: found(`trunk ${trunk}`) };
  }
  const callee = snapshot.user(tenant.name, user!)!;
  if (callee.enabled) return { is: 'user', user: callee, ...rung, steps: found(`user ${callee.name}`) };
  return { is: 'refused', refusal: disabled(callee), steps: found(`user ${callee.name}`) };
}
