import { isEverywhere, parseNetwork } from './access.ts';
import { parseCallerId } from './caller-id.ts';
import type { Draft } from './draft.ts';
import type { Options } from './options.ts';
import { isNo } from './rule.ts';
import type { Option } from './section.ts';

/** Fields that users and trunks of either channel driver are given alike. */

/** `"Alice Smith" <1001>`: the name that is shown, and the number unless it is the user's name. */
export function setCallerId(draft: Draft, options: Options): void {
  const option = options.last('callerid');
  if (!option) return;
  const { name, number } = parseCallerId(option.value);
  if (name === undefined && number === undefined) {
    options.leave('callerid', 'says neither a name nor a number');
    return;
  }
  if (name !== undefined) draft.set('displayName', name, option.place);
  if (number !== undefined && number !== draft.name) draft.set('callerId', number, option.place);
  options.carry('callerid');
}

/** Whether media passes a worker. */
export function setAnchor(draft: Draft, options: Options, name: string): void {
  const media = draft.kind === 'Trunk' ? 'endpoint.media' : 'media';
  const option = options.last(name);
  if (!option) return;
  if (!isNo(option.value)) {
    options.ignore(name, 'media goes the way that both parties can hear by');
    return;
  }
  draft.set(`${media}.anchor`, 'always', option.place);
  options.carry(name);
}

/** Seconds without packets after which a call is over. */
export function setInactivity(draft: Draft, options: Options, name: string): void {
  setNumber(draft, draft.kind === 'Trunk' ? 'endpoint.media.inactivity' : 'media.inactivity', options, name);
}

/** A whole number. */
export function setNumber(draft: Draft, field: string, options: Options, name: string): void {
  const option = options.last(name);
  if (!option) return;
  if (!/^\d{1,9}$/.test(option.value)) {
    options.leave(name, 'is no whole number');
    return;
  }
  draft.set(field, Number(option.value), option.place);
  options.carry(name);
}

/** `deny` of everything, then `permit` of what may come. Other lists are not as plain as networks that may. */
export function setSources(draft: Draft, options: Options, owner: Options['section']): void {
  const rules = owner.options.filter(
    ({ name, value }) => (name === 'deny' || name === 'permit') && value !== '',
  );
  if (rules.length === 0) return;
  const problem = problemOfRules(rules);
  for (const name of ['deny', 'permit']) {
    if (problem !== undefined) options.leaveAll(name, problem);
    else options.carryAll(name);
  }
  if (problem !== undefined) return;
  for (const { option, network } of permitted(rules)) draft.add('sources', network, option.place);
}

function permitted(rules: readonly Option[]): { option: Option; network: string }[] {
  return rules
    .filter(({ name }) => name === 'permit')
    .flatMap((option) =>
      option.value.split(',').map((word) => ({ option, network: parseNetwork(word) ?? word.trim() })),
    );
}

function problemOfRules(rules: readonly Option[]): string | undefined {
  const [first, ...others] = rules;
  const plain =
    first?.name === 'deny' && isEverywhere(first.value) && others.every(({ name }) => name === 'permit');
  if (!plain || others.length === 0)
    return 'only `deny` of everything with `permit` of some networks after it is carried over';
  const odd = permitted(rules).find(({ network }) => parseNetwork(network) === undefined);
  return odd && `${odd.network} is no network`;
}

/** The word for a transport in a URI; UDP has none. */
export function transportParameter(protocol: string | undefined): string {
  const known = ['tcp', 'tls', 'ws', 'wss'].find((each) => each === protocol?.toLowerCase());
  return known === undefined ? '' : `;transport=${known}`;
}
