import type { router } from '@tandem/contract';

type Relay = Extract<NonNullable<router.Verdict['decision']>, { $case: 'relay' }>['value'];

/**
 * Verdicts on callees who are tried one after the other, as one. Who cannot be called is told of and left out; when nobody
 * can, the first refusal is that of all. `steps` led to all of them.
 */
export function inSeries(
  { method }: router.Request,
  verdicts: readonly router.Verdict[],
  steps: readonly router.Step[],
): router.Verdict {
  const explanation = [...steps, ...verdicts.flatMap((each) => each.explanation)];
  const relays = verdicts.flatMap(({ decision }) => (decision?.$case === 'relay' ? [decision.value] : []));
  const [first] = relays;
  if (!first) return { ...verdicts[0]!, explanation };
  // What begins no call is sent to all places at once (RFC 4321 §1.2): it is for the first of them alone.
  const groups = method === 'INVITE' ? relays.flatMap((relay) => relay.groups) : first.groups;
  const value = { ...first, groups, media: mediaOf(relays) };
  return { ...verdicts[0]!, decision: { $case: 'relay', value }, explanation };
}

/** Media has one way, whoever takes the call: what any of them needs. */
function mediaOf(relays: readonly Relay[]): router.MediaPolicy {
  const policies = relays.flatMap(({ media }) => media ?? []);
  const timeouts = policies.map(({ inactivity }) => inactivity).filter((seconds) => seconds > 0);
  return {
    ...policies[0]!,
    anchor: policies.some(({ anchor }) => anchor),
    inactivity: timeouts.length === 0 ? 0 : Math.min(...timeouts),
  };
}

/** What is left of a verdict without the user whom it calls first; undefined when that was all. */
export function withoutFirst(verdict: router.Verdict): router.Verdict | undefined {
  const { decision } = verdict;
  if (decision?.$case !== 'relay') return undefined;
  const user = ({ targets }: router.Group): string | undefined => targets[0]?.identity?.user;
  const [first] = decision.value.groups;
  const groups = decision.value.groups.filter((group) => user(group) !== user(first!));
  if (groups.length === 0) return undefined;
  const finding = `${user(first!)} is at its limit of calls, and left out`;
  const explanation = [...verdict.explanation, { rule: 'limits', finding }];
  return { ...verdict, decision: { $case: 'relay', value: { ...decision.value, groups } }, explanation };
}
