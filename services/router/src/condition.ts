import {
  type NumberMatch,
  type Snapshot,
  scheduleAt,
  type Tenant,
  type TimeCondition,
} from '@tandem/resource';

/** Why a number is not meant; undefined when it is. */
export function numberMismatch({ prefix, pattern }: NumberMatch, number: string): string | undefined {
  if (prefix !== undefined && !number.startsWith(prefix)) return `does not begin with ${prefix}`;
  return pattern === undefined || pattern.matches(number) ? undefined : `does not match ${pattern.source}`;
}

/** Why it is not the time; undefined when it is. That schedules are there was checked when they were accepted. */
export function timeMismatch(
  snapshot: Snapshot,
  tenant: Tenant,
  { during, outside }: TimeCondition,
  now: number,
): string | undefined {
  const closed = during === undefined ? undefined : scheduleAt(snapshot.schedule(tenant.name, during)!, now);
  if (closed && !closed.isOpen) return `${during} is closed (${closed.shown})`;
  const open = outside === undefined ? undefined : scheduleAt(snapshot.schedule(tenant.name, outside)!, now);
  return open?.isOpen ? `${outside} is open (${open.shown})` : undefined;
}
