import type { router } from '@tandem/contract';
import { type OutboundRoute, type Snapshot, spellNumber, type Tenant, type Trunk } from '@tandem/resource';
import { escapeUser } from '@tandem/sip';
import { dialPlanOf } from './dialled.ts';
import { outsideOf, type Presentation } from './presentation.ts';
import { identityOf } from './verdict.ts';

/** The way outside for a number, with the steps that led there. */
export interface Outbound {
  /** Whether a route matches. */
  readonly found: boolean;
  /** Those of its trunks that are enabled, in order. */
  readonly trunks: readonly Trunk[];
  readonly steps: readonly router.Step[];
}

/** Finds the first route of a tenant that a number matches. */
export function findRoute(snapshot: Snapshot, tenant: Tenant, number: string): Outbound {
  const routes = snapshot.routes(tenant.name);
  const steps: router.Step[] = [];
  for (const route of routes) {
    const unmet = mismatch(route, number);
    if (unmet !== undefined) {
      steps.push({ rule: 'route', finding: `${route.name}: ${number} ${unmet}` });
      continue;
    }
    const trunks = route.trunks.map((name) => snapshot.trunk(tenant.name, name)!);
    const usable = trunks.filter(({ enabled }) => enabled);
    steps.push({ rule: 'route', finding: `${route.name}: ${number} ${matched(route)}, by ${list(trunks)}` });
    return { found: true, trunks: usable, steps };
  }
  return { found: false, trunks: [], steps };
}

/** A long list of routes must not make a long explanation of each call. */
export function shortened(steps: readonly router.Step[]): router.Step[] {
  if (steps.length <= 6) return [...steps];
  const left = { rule: 'route', finding: `${steps.length - 5} more routes did not match` };
  return [...steps.slice(0, 4), left, steps.at(-1)!];
}

function mismatch({ match: { prefix, pattern } }: OutboundRoute, number: string): string | undefined {
  if (prefix !== undefined && !number.startsWith(prefix)) return `does not begin with ${prefix}`;
  return pattern === undefined || pattern.matches(number) ? undefined : `does not match ${pattern.source}`;
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
