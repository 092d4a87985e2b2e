import type { router } from '@tandem/contract';
import type { Binding } from '@tandem/location';
import { homeRealm, type User } from '@tandem/resource';
import { escapeUser, foreignCredentials } from '@tandem/sip';
import { userNotRegistered } from './faults.ts';
import { mediaPolicy } from './media.ts';
import { natSteps } from './nat.ts';
import type { Question } from './question.ts';
import { refusal } from './refusal.ts';
import { timerPolicy } from './session-timer.ts';
import { groupByPreference } from './target.ts';
import { rejection, verdict } from './verdict.ts';

/** What would show an identity as proven that the caller has only claimed (RFC 3325 §5). */
const removed: readonly router.HeaderEdit[] = [
  { name: 'P-Asserted-Identity' },
  { name: 'P-Preferred-Identity' },
  { name: 'Remote-Party-ID' },
];

/** RFC 3261 §22.3: credentials for us stay here, those for a proxy beyond go on. */
function credentialsEdit({ request, caller }: Question): router.HeaderEdit {
  const value = foreignCredentials(request.authorization, [caller.realm.name]);
  return { name: 'Proxy-Authorization', ...(value !== undefined && { value }) };
}

/** Rings the contacts of a user. */
export function relayToUser(
  question: Question,
  callee: User,
  bindings: readonly Binding[],
  steps: readonly router.Step[],
  now: number,
): router.Verdict {
  if (bindings.length === 0) {
    const nobody = refusal(userNotRegistered, 'bindings', `${callee.name} has no phone registered`);
    return rejection(question.request, nobody, steps, question.caller.user);
  }
  const ringTimeout = callee.ringTimeout ?? callee.tenant.ringTimeout;
  const groups = groupByPreference(callee, bindings, ringTimeout);
  const uri = `sip:${escapeUser(callee.name)}@${homeRealm(callee.tenant)}`;
  const known = [...steps, ...natSteps(bindings, now)];
  return relay(question, uri, groups, mediaPolicy([question.caller.user, callee]), known);
}

/** Sends a request to where its URI leads. */
export function relayElsewhere(question: Question, steps: readonly router.Step[]): router.Verdict {
  const { requestUri } = question.request;
  const { user } = question.caller;
  const groups = [
    {
      targets: [
        {
          uri: requestUri,
          route: [],
          alternatives: [],
          flowOnly: false,
          follows: false,
          boundMs: 0,
          keepAlive: 0,
        },
      ],
      ringTimeout: user.tenant.ringTimeout,
    },
  ];
  return relay(question, requestUri, groups, mediaPolicy([user]), steps);
}

function relay(
  question: Question,
  callee: string,
  groups: router.Group[],
  media: router.MediaPolicy,
  steps: readonly router.Step[],
): router.Verdict {
  const { request, caller } = question;
  const timer = timerPolicy(question);
  if ('kind' in timer) return rejection(request, timer, steps, caller.user);
  const { name: tenant } = caller.user.tenant;
  const value = {
    groups,
    callee,
    tenant,
    media,
    edits: [credentialsEdit(question), ...removed, ...timer.edits],
    limits: [],
  };
  const policy = { rule: 'policy', finding: `media is ${media.anchor ? '' : 'not '}anchored` };
  const explanation = [
    ...steps,
    { rule: 'bindings', finding: describeGroups(groups) },
    ...(request.method === 'INVITE' ? [policy] : []),
    ...timer.steps,
  ];
  return verdict(request, { $case: 'relay', value }, explanation, caller.user);
}

/** `2 together, then 1, for 60 s each`. */
function describeGroups(groups: readonly router.Group[]): string {
  const sizes = groups.map(({ targets }) =>
    targets.length === 1 ? '1 target' : `${targets.length} together`,
  );
  return `${sizes.join(', then ')}, for ${groups[0]!.ringTimeout} s each`;
}
