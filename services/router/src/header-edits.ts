import type { router } from '@tandem/contract';
import { alertInfo, type HeaderRules, headerValue, type Tags, type User } from '@tandem/resource';
import { partyOf, type Question } from './question.ts';
import { partOf } from './request-part.ts';
import { type Lead, tagEdits } from './tags.ts';

/** Whom headers of a caller's request are for. */
interface Receiver {
  /** Such as `trunk carrier`. */
  readonly label: string;
  readonly rules: HeaderRules;
  /** Headers that are passed on as they are, to who gets no others. */
  readonly pass?: readonly string[];
}

/** What rules make of the headers of a request. What could begin another header goes nowhere, whoever has sent it. */
export function ruleEdits(
  { label, rules, pass = [] }: Receiver,
  request: router.Request,
  steps: router.Step[],
): router.HeaderEdit[] {
  const passed = [...pass.map((each) => [each, each] as const), ...Object.entries(rules.rename)];
  const edits: router.HeaderEdit[] = Object.keys(rules.rename).map((each) => ({ name: each }));
  for (const [own, theirs] of passed) {
    const value = partOf(request, own.toLowerCase());
    if (value === undefined) continue;
    if (headerValue.test(value)) edits.push({ name: theirs, value });
    else steps.push({ rule: 'policy', finding: `${own} is not passed on to ${label}: its value is unsafe` });
  }
  return [...rules.remove.map((each) => ({ name: each })), ...edits];
}

/** What a user's phones get of headers besides those that all get. */
export function phoneEdits(
  question: Question,
  callee: User,
  { inbound, tags }: Pick<Lead, 'inbound'> & { readonly tags: Tags },
  steps: router.Step[],
): router.HeaderEdit[] {
  const { headerRules: rules, headers = [], tagHeaders } = callee;
  const alert = inbound?.alertInfo ?? alertOf(question, callee);
  const isAlerted = alert !== undefined && question.request.method === 'INVITE';
  return [
    ...(rules ? ruleEdits({ label: `user ${callee.name}`, rules }, question.request, steps) : []),
    ...tagEdits(tagHeaders, tags),
    ...(isAlerted ? [{ name: 'Alert-Info', value: alert }] : []),
    ...headers,
  ];
}

function alertOf(question: Question, { alertInfo: own, tenant }: User): string | undefined {
  const isInternal = question.caller.is !== 'trunk' && partyOf(question).tenant === tenant;
  return alertInfo([own, tenant.alertInfo], isInternal ? 'internal' : 'external');
}
