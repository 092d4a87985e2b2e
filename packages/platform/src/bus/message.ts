import { Fault } from '@tandem/sip';
import { busNameInvalid, busPayloadTooLarge } from '../faults.ts';
import { eventSubjects, maxEvent, maxPayload } from './bus.ts';
import { checkName, checkSubject, matches } from './subject.ts';

/** The subjects of events, as tokens. */
export const eventPatterns: readonly (readonly string[])[] = eventSubjects.map((subject) =>
  subject.split('.'),
);

export function isEvent(subject: string): boolean {
  const tokens = subject.split('.');
  return eventPatterns.some((pattern) => matches(pattern, tokens));
}

/** Throws unless the message can be published, whether or not anybody can be reached. */
export function checkMessage(subject: string, payload: Uint8Array, key?: string): void {
  checkSubject(subject);
  if (key !== undefined) checkName('key', key);
  if (isEvent(subject) !== (key !== undefined)) {
    const why = key === undefined ? 'an event needs a key' : 'a key is for events only';
    throw new Fault(busNameInvalid, `subject ${JSON.stringify(subject.slice(0, 100))}: ${why}`);
  }
  checkSize(subject, payload, key === undefined ? maxPayload : maxEvent);
}

/** Throws unless somebody could answer on the subject. */
export function checkRequest(subject: string, payload: Uint8Array): void {
  checkSubject(subject);
  if (isEvent(subject))
    throw new Fault(busNameInvalid, `subject ${JSON.stringify(subject)}: not for requests`);
  checkSize(subject, payload);
}

/** Throws `bus-payload-too-large`. */
export function checkSize(subject: string, { length }: Uint8Array, cap: number = maxPayload): void {
  if (length <= cap) return;
  throw new Fault(busPayloadTooLarge, `${subject}: ${length} octets, at most ${cap}`);
}
