import type { router } from '@tandem/contract';
import type { OutboundRoute, Snapshot, Trunk, User } from '@tandem/resource';
import { numberMismatch, timeMismatch } from './condition.ts';
import { chooseTrunks } from './trunk-choice.ts';

/** The way outside for a number, with the steps that led there. */
export interface Outbound {
  /** The route that matches, and those of its trunks that are usable, in order. */
  readonly found?: { readonly route: OutboundRoute; readonly trunks: readonly Trunk[] };
  /** Of the first route that would have taken it, had the caller that class. */
  readonly missingClass?: string;
  readonly steps: readonly router.Step[];
}

/** When, and in which call. */
interface Asked {
  readonly now: number;
  /** Another one for each call. */
  readonly key: string;
  /** The routes behind the one that has the call are looked at as well. */
  readonly isExplained: boolean;
}

/** Finds the first route of a user's tenant that a call of its to a number may take. */
export function findRoute(
  snapshot: Snapshot,
  caller: User,
  number: string,
  { now, key, isExplained }: Asked,
): Outbound {
  const { tenant } = caller;
  const routes = snapshot.routes(tenant.name);
  const steps: router.Step[] = [];
  let missingClass: string | undefined;
  for (const [index, route] of routes.entries()) {
    const unmet = mismatch(snapshot, route, caller, number, now) ?? classMismatch(route, caller);
    if (unmet !== undefined) {
      steps.push({ rule: 'route', finding: `${route.name}: ${unmet.why}` });
      missingClass ??= unmet.missingClass;
      if (unmet.missingClass === undefined || route.withoutClass === 'next') continue;
      return { steps, missingClass: unmet.missingClass };
    }
    const { trunks, finding } = chooseTrunks(snapshot, route, { number, key });
    steps.push({ rule: 'route', finding: `${route.name}: ${number} ${matched(route)}, by ${finding}` });
    if (isExplained) steps.push(...losers(snapshot, route, routes.slice(index + 1), { caller, number, now }));
    return { found: { route, trunks }, steps };
  }
  return { steps, ...(missingClass !== undefined && { missingClass }) };
}

/** A long list of routes must not make a long explanation of each call. */
export function shortened(steps: readonly router.Step[]): router.Step[] {
  if (steps.length <= 6) return [...steps];
  const left = { rule: 'route', finding: `${steps.length - 5} more routes did not match` };
  return [...steps.slice(0, 4), left, steps.at(-1)!];
}

/** Why other routes do not have a call. */
function losers(
  snapshot: Snapshot,
  winner: OutboundRoute,
  others: readonly OutboundRoute[],
  { caller, number, now }: { readonly caller: User; readonly number: string; readonly now: number },
): router.Step[] {
  return others.map((route) => {
    const unmet = mismatch(snapshot, route, caller, number, now) ?? classMismatch(route, caller);
    const finding = unmet?.why ?? `${number} ${matched(route)}, too, but ${behind(route, winner)}`;
    return { rule: 'route', finding: `${route.name}: ${finding}` };
  });
}

/** What puts a route behind another one. */
function behind(route: OutboundRoute, winner: OutboundRoute): string {
  if (route.priority !== winner.priority) {
    return `${winner.name} goes first by priority ${winner.priority}, not ${route.priority}`;
  }
  const [own, theirs] = [route, winner].map(({ match }) => match.prefix?.length ?? 0);
  return own === theirs ? `${winner.name} goes first by its name` : `${winner.name} has the longer prefix`;
}

/** What stands against a route. */
interface Unmet {
  readonly why: string;
  readonly missingClass?: string;
}

function mismatch(
  snapshot: Snapshot,
  { match, tenant }: OutboundRoute,
  caller: User,
  number: string,
  now: number,
): Unmet | undefined {
  const other = numberMismatch(match, number);
  if (other !== undefined) return { why: `${number} ${other}` };
  const isNamed = [caller.name, ...caller.aliases].some((name) => match.callers.includes(name));
  if (match.callers.length > 0 && !isNamed) return { why: `${caller.name} is none of its callers` };
  const closed = timeMismatch(snapshot, tenant, match, now);
  return closed === undefined ? undefined : { why: closed };
}

function classMismatch({ class: name }: OutboundRoute, { classes }: User): Unmet | undefined {
  if (name === undefined || classes === undefined || classes.includes(name)) return undefined;
  return { why: `the caller does not have the class ${name}`, missingClass: name };
}

function matched({ match: { prefix, pattern } }: OutboundRoute): string {
  const begins =
    prefix === undefined ? [] : [prefix === '' ? 'begins with anything' : `begins with ${prefix}`];
  return [...begins, ...(pattern ? [`matches ${pattern.source}`] : [])].join(' and ');
}
