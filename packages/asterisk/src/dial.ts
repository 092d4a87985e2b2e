import { argumentsOf, splitOutside } from './application.ts';
import { maxExpanded } from './caps.ts';
import type { Option } from './section.ts';

/** A number made of the one that was dialled: some characters of it after others. */
export interface MadeNumber {
  readonly before: string;
  /** How many characters of the dialled number are left away; undefined when none of it is there. */
  readonly strip?: number;
}

/** One of the parties that are called at once. */
export type Target =
  | { readonly to: 'party'; readonly technology: 'SIP' | 'PJSIP'; readonly name: MadeNumber }
  | {
      readonly to: 'outside';
      readonly technology: 'SIP' | 'PJSIP';
      readonly peer: string;
      readonly number: MadeNumber;
    }
  /** `host`, `host:port`, or a number there; one that is no peer. */
  | { readonly to: 'host'; readonly host: string; readonly number?: MadeNumber };

/** What `Dial(…)` says. */
export interface Dial {
  readonly targets: readonly Target[];
  /** In seconds. */
  readonly timeout?: number;
  readonly options: string;
  /** The lines of the variables that it names. */
  readonly variables: readonly Option[];
}

/** Reads what `Dial` is given; a text says why it cannot be carried over. */
export function parseDial(data: string, globals: ReadonlyMap<string, Option>): Dial | string {
  const used: Option[] = [];
  const expanded = expand(data, globals, used);
  if (expanded === undefined) return `is longer than ${maxExpanded} characters with its variables`;
  const [who = '', timeout = '', options = ''] = argumentsOf(expanded);
  const targets: Target[] = [];
  for (const part of splitOutside(who, '&')) {
    const target = targetOf(part);
    if (typeof target === 'string') return target;
    targets.push(target);
  }
  const seconds = /^\d{1,6}(?:\.\d+)?$/.test(timeout) ? Math.round(Number(timeout)) : undefined;
  if (timeout !== '' && seconds === undefined) return 'has a time that is no number of seconds';
  return {
    targets,
    options,
    variables: used,
    ...(seconds !== undefined && seconds > 0 && { timeout: seconds }),
  };
}

/** Puts global variables in. Those that belong to a call stay. */
function expand(text: string, globals: ReadonlyMap<string, Option>, used: Option[]): string | undefined {
  let expanded = text;
  for (let round = 0; round < 8; round++) {
    const next = expanded.replaceAll(/\$\{(?:GLOBAL\()?([A-Za-z_]\w*)\)?\}/g, (whole, name: string) => {
      const option = globals.get(name.toLowerCase());
      if (!option) return whole;
      used.push(option);
      return option.value;
    });
    if (next.length > maxExpanded) return undefined;
    if (next === expanded) break;
    expanded = next;
  }
  return expanded;
}

function targetOf(text: string): Target | string {
  const contacts = /^\$\{PJSIP_DIAL_CONTACTS\((.*)\)\}$/i.exec(text);
  const [, written, rest = ''] = contacts ? ['', 'PJSIP', contacts[1]!] : (/^(\w+)\/(.+)$/.exec(text) ?? []);
  if (written === undefined) return 'names nobody that can be called';
  const technology = written.toUpperCase();
  if (technology !== 'SIP' && technology !== 'PJSIP') return `${written} is no SIP`;
  if (/!/.test(rest)) return 'To and From are what the switch makes them';
  const host = technology === 'SIP' ? hostOf(rest) : undefined;
  if (host) return host;
  if (/:/.test(rest.replaceAll(/\$\{[^}]*\}|sips?:/g, '')))
    return 'names a port or a password besides the peer';
  return rest.includes('/') ? throughPeer(technology, rest) : atPeer(technology, rest);
}

/** `[number@]host:port`: what has a port is no peer. */
function hostOf(text: string): Target | undefined {
  const [, number, host = ''] = /^(?:([^@:/]*)@)?([A-Za-z0-9.-]+:\d{1,5})$/.exec(text) ?? [];
  if (host === '') return undefined;
  if (number === undefined) return { to: 'host', host };
  const made = madeNumber(number);
  return typeof made === 'string' ? undefined : { to: 'host', host, number: made };
}

/** `peer/number`, or `peer/sip:number@host`. */
function throughPeer(technology: 'SIP' | 'PJSIP', text: string): Target | string {
  const [peer = '', ...parts] = text.split('/');
  const uri = parts.join('/');
  if (parts.length > 1 && !uri.startsWith('sip:')) return 'names a host besides the peer';
  if (uri.includes('@')) return 'names a host besides the peer';
  const number = madeNumber(uri.replace(/^sips?:/, ''));
  return typeof number === 'string' ? number : { to: 'outside', technology, peer, number };
}

/** `name`, or `number@peer`. */
function atPeer(technology: 'SIP' | 'PJSIP', text: string): Target | string {
  const at = text.lastIndexOf('@');
  const made = madeNumber(at < 0 ? text : text.slice(0, at));
  if (typeof made === 'string') return made;
  return at < 0
    ? { to: 'party', technology, name: made }
    : { to: 'outside', technology, peer: text.slice(at + 1), number: made };
}

/** `${EXTEN}`, `${EXTEN:1}`, `0034${EXTEN:2}` or a text without variables. */
function madeNumber(text: string): MadeNumber | string {
  const [, before = '', strip, after = ''] = /^([^$]*)(?:\$\{EXTEN(?::(\d{1,2}))?\})?(.*)$/.exec(text) ?? [];
  if (/[^\w+.*#-]/.test(before) || after !== '') return 'depends on more than the number that was dialled';
  return text === before ? { before } : { before, strip: Number(strip ?? 0) };
}
