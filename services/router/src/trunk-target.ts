import type { router } from '@tandem/contract';
import { outboundRoute, rewrite, spellNumber, type Tags, type Trunk } from '@tandem/resource';
import { escapeUser, withUser } from '@tandem/sip';
import { codecsOf } from './codecs.ts';
import { dialPlanOf } from './dialled.ts';
import { ruleEdits } from './header-edits.ts';
import { outsideOf, type Presentation } from './presentation.ts';
import { tagEdits } from './tags.ts';
import { identityOf } from './verdict.ts';

/** A call to a number outside. */
export interface TrunkCall {
  readonly request: router.Request;
  readonly number: string;
  readonly shown: Presentation;
  readonly tags: Tags;
  /** Statuses, and classes of them such as `5xx`; all but 6xx when it is not there. */
  readonly failover?: readonly string[] | undefined;
  /** Seconds that it may ring, where that is not for the trunk to say. */
  readonly ringTimeout?: number | undefined;
}

/** Groups of targets, and why others are missing. */
interface Groups {
  readonly groups: router.Group[];
  readonly steps: router.Step[];
}

/** A group for each contact of each trunk: the next is tried when one fails. */
export function groupsOf(trunks: readonly Trunk[], call: TrunkCall): Groups {
  const steps: router.Step[] = [];
  const groups = trunks.flatMap((trunk) => {
    const spelled = spellNumber(dialPlanOf(trunk), call.number, trunk.numbering.format);
    const number = rewrite(trunk.numbering.rewrite, spelled);
    if (number === undefined) {
      steps.push({ rule: 'policy', finding: `trunk ${trunk.name} rewrites ${spelled} to what is no number` });
      return [];
    }
    return trunk.contacts.map((contact) => toGroup(trunk, contact, { ...call, number }, steps));
  });
  return { groups, steps };
}

function toGroup(trunk: Trunk, contact: string, call: TrunkCall, steps: router.Step[]): router.Group {
  const { maxCalls } = trunk.endpoint;
  const ringTimeout = call.ringTimeout ?? trunk.endpoint.ringTimeout ?? trunk.tenant.ringTimeout;
  const uri = withUser(contact, escapeUser(call.number));
  const outside = outsideOf(trunk, uri, call.shown);
  const target: router.Target = {
    uri,
    route: outboundRoute(trunk),
    identity: identityOf(trunk),
    alternatives: [],
    flowOnly: false,
    follows: false,
    boundMs: 0,
    keepAlive: 0,
    codecs: codecsOf(trunk),
    edits: [],
    outside: { ...outside, edits: [...outside.edits, ...headerEdits(trunk, call, steps)] },
    ...(maxCalls !== undefined && { place: { limit: trunkLimit(trunk), max: maxCalls } }),
    patienceMs: trunk.endpoint.tryingTimeout * 1_000,
    ...(call.failover && { failover: { statuses: call.failover.map(statusOf) } }),
  };
  return { targets: [target], ringTimeout };
}

/** The name of the limit of calls of a trunk. */
export function trunkLimit({ name, tenant }: Trunk): string {
  return `trunk/${tenant.name}/${name}`;
}

/** `5xx` as 5. */
function statusOf(text: string): number {
  return Number(text.replace('xx', ''));
}

/** More headers for a trunk. */
function headerEdits(
  { headerRules: rules, name, tagHeaders }: Trunk,
  { request, tags }: TrunkCall,
  steps: router.Step[],
): router.HeaderEdit[] {
  const { pass } = rules;
  return [
    ...ruleEdits({ label: `trunk ${name}`, rules, pass }, request, steps),
    ...tagEdits(tagHeaders, tags),
  ];
}
