import { Fault } from '@tandem/sip';
import { busNameInvalid } from '../faults.ts';

const maxLength = 1_024;

/** Throws `bus-name-invalid` unless a message can be published on the subject. */
export function checkSubject(subject: string): void {
  checkName('subject', subject);
  if (!subject.split('.').every((token) => isPlain(token))) invalid('subject', subject);
}

/** Throws `bus-name-invalid` unless one can subscribe to the subject, which may have wildcards. */
export function checkPattern(pattern: string): void {
  checkName('subject', pattern);
  const tokens = pattern.split('.');
  const last = tokens.length - 1;
  const isToken = (token: string, index: number): boolean =>
    token === '*' || (token === '>' && index === last) || isPlain(token);
  if (!tokens.every(isToken)) invalid('subject', pattern);
}

/** Throws `bus-name-invalid` for a queue or key that is empty, too long or has a space or control character. */
export function checkName(what: 'subject' | 'queue' | 'key', name: string): void {
  if (name === '' || name.length > maxLength) invalid(what, name);
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code <= 32 || code === 127) invalid(what, name);
  }
}

/** Whether a pattern has wildcards. */
export function isWild(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('>');
}

/** Whether the subject is one that the pattern stands for. */
export function matches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const tokens = subject.split('.');
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return tokens.length > index;
    if (index >= tokens.length || (token !== '*' && token !== tokens[index])) return false;
  }
  return wanted.length === tokens.length;
}

function isPlain(token: string): boolean {
  return token !== '' && !isWild(token);
}

function invalid(what: string, name: string): never {
  throw new Fault(busNameInvalid, `${what} ${JSON.stringify(name.slice(0, 100))}`);
}
