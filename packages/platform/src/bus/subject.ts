import { Fault } from '@tandem/sip';
import { busNameInvalid } from '../faults.ts';

const maxLength = 1_024;
const dot = 46;
const star = 42;
const greater = 62;

/** Throws `bus-name-invalid` unless a message can be published on the subject. */
export function checkSubject(subject: string): void {
  checkName('subject', subject);
  let previous = dot;
  for (let at = 0; at < subject.length; at++) {
    const code = subject.charCodeAt(at);
    if (code === star || code === greater || (code === dot && previous === dot)) invalid('subject', subject);
    previous = code;
  }
  if (previous === dot) invalid('subject', subject);
}

/** Throws `bus-name-invalid` unless one can subscribe to the subject, which may have wildcards. */
export function checkPattern(pattern: string): void {
  checkName('subject', pattern);
  const tokens = pattern.split('.');
  const last = tokens.length - 1;
  const isToken = (token: string, index: number): boolean =>
    token === '*' || (token === '>' && index === last) || (token !== '' && !isWild(token));
  if (!tokens.every(isToken)) invalid('subject', pattern);
}

/** Throws `bus-name-invalid` for a name that is empty, too long or has a space or control character. */
export function checkName(what: 'subject' | 'queue' | 'key', name: string): void {
  if (name === '' || name.length > maxLength) invalid(what, name);
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code <= 32 || code === 127) invalid(what, name);
  }
}

/** A name as one token of a subject, where a dot would begin another. */
export function subjectToken(name: string): string {
  return name.replaceAll('.', '%2E');
}

/** Whether a pattern has wildcards. */
export function isWild(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('>');
}

/** Whether a subject is one that a pattern stands for, both as tokens. */
export function matches(pattern: readonly string[], subject: readonly string[]): boolean {
  for (let index = 0; index < pattern.length; index++) {
    const token = pattern[index];
    if (token === '>') return subject.length > index;
    if (index >= subject.length || (token !== '*' && token !== subject[index])) return false;
  }
  return pattern.length === subject.length;
}

/** Whether there is a subject that both patterns stand for. */
export function intersects(one: readonly string[], other: readonly string[]): boolean {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const [a, b] = [one[index], other[index]];
    if (a === undefined || b === undefined) return false;
    if (a === '>' || b === '>') return true;
    if (a !== b && a !== '*' && b !== '*') return false;
  }
  return true;
}

/** Whether the outer pattern stands for every subject that the inner one stands for. */
export function covers(outer: readonly string[], inner: readonly string[]): boolean {
  for (let index = 0; index < outer.length; index++) {
    const [a, b] = [outer[index], inner[index]];
    if (b === undefined) return false;
    if (a === '>') return true;
    if (b === '>' || (a !== '*' && a !== b)) return false;
  }
  return outer.length === inner.length;
}

function invalid(what: string, name: string): never {
  throw new Fault(busNameInvalid, `${what} ${JSON.stringify(name.slice(0, 100))}`);
}
