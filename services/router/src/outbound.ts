import type { router } from '@tandem/contract';
import { type OutboundRoute, type Snapshot, spellNumber, type Trunk, type User } from '@tandem/resource';
import { escapeUser } from '@tandem/sip';
import { numberMismatch, timeMismatch } from './condition.ts';
import { dialPlanOf } from './dialled.ts';
import { outsideOf, type Presentation } from './presentation.ts';
import { identityOf } from './verdict.ts';

/** The way outside for a number, with the steps that led there. */
export interface Outbound {
  /** Whether a route matches. */
  readonly found: boolean;
  /** Those of its trunks that are enabled, in order. */
  readonly trunks: readonly Trunk[];
  /** Of the first route that would have taken it, had the caller that class. */
  readonly missingClass?: string;
  readonly steps: readonly router.Step[];
}

/** Finds the first route of a user's tenant that a call of its to a number may take. */
export function findRoute(snapshot: Snapshot, caller: User, number: string, now: number): Outbound {
  const { tenant } = caller;
  const routes = snapshot.routes(tenant.name);
  const steps: router.Step[] = [];
  let missingClass: string | undefined;
  for (const route of routes) {
    const unmet = mismatch(snapshot, route, caller, number, now) ?? classMismatch(route, caller);
    if (unmet !== undefined) {
      steps.push({ rule: 'route', finding: `${route.name}: ${unmet.why}` });
      missingClass ??= unmet.missingClass;
      continue;
    }
    const trunks = route.trunks.map((name) => snapshot.trunk(tenant.name, name)!);
    const usable = trunks.filter(({ enabled }) => enabled);
    steps.push({ rule: 'route', finding: `${route.name}: ${number} ${matched(route)}, by ${list(trunks)}` });
    return { found: true, trunks: usable, steps };
  }
  return { found: false, trunks: [], steps, ...(missingClass !== undefined && { missingClass }) };
}

/** A long list of routes must not make a long explanation of each call. */
export function shortened(steps: readonly router.Step[]): router.Step[] {
  if (steps.length <= 6) return [...steps];
  const left = { rule: 'route', finding: `${steps.length - 5} more routes did not match` };
  return [...steps.slice(0, 4), left, steps.at(-1)!];
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

function list(trunks: readonly Trunk[]): string {
  return trunks.map(({ name, enabled }) => (enabled ? name : `${name} (disabled)`)).join(', then ');
}

/** A group for each contact of each trunk: the next is tried when one fails. */
export function groupsOf(trunks: readonly Trunk[], number: string, shown: Presentation): router.Group[] {
  return trunks.flatMap((trunk) => {
    const { outboundProxy, ringTimeout = trunk.tenant.ringTimeout } = trunk.endpoint;
    const spelled = spellNumber(dialPlanOf(trunk), number, trunk.numbering.format);
    return trunk.contacts.map((contact) => {
      const uri = withUser(contact, spelled);
      const target = {
        uri,
        route: outboundProxy === undefined ? [] : [`<${outboundProxy}>`],
        identity: identityOf(trunk),
        alternatives: [],
        flowOnly: false,
        follows: false,
        boundMs: 0,
        keepAlive: 0,
        outside: outsideOf(trunk, uri, shown),
      };
      return { targets: [target], ringTimeout };
    });
  });
}

/** A contact that names a number. */
function withUser(contact: string, number: string): string {
  const colon = contact.indexOf(':');
  const host = contact.slice(Math.max(colon, contact.indexOf('@', colon)) + 1);
  return `${contact.slice(0, colon)}:${escapeUser(number)}@${host}`;
}
