import { expect, it } from 'vitest';
import { meaningOf } from './meaning.ts';
import type { Said } from './said.ts';

function said(status: number, changes: Partial<Said> = {}): Said {
  return { status, reason: 'No', reasons: [], warnings: [], warningCodes: [], cause: undefined, ...changes };
}

const who = { isAuthorized: false, hasRung: false };

it.each([
  ['busy', said(486)],
  ['busy everywhere', said(600)],
  ['declined', said(603, { reason: 'Decline' })],
  ['declined, as Q.850 has it', said(603, { cause: 21 })],
  ['not there', said(480, { reason: 'Temporarily Unavailable', cause: 20 })],
  ['cancelled', said(487)],
  ['sent elsewhere', said(302)],
  ['a session timer that is too short, which the phone mends', said(422)],
])('finds nothing wrong: %s', (_name, answer) => {
  expect(meaningOf(answer, who)).toBeUndefined();
});

it('finds nothing wrong with nobody answering a phone that rang', () => {
  expect(meaningOf(said(408), { ...who, hasRung: true })).toBeUndefined();
  expect(meaningOf(said(408), who)?.code).toBe('peer-failed');
});

it.each([
  [said(403), 'peer-refused'],
  [said(403, { warnings: ['399 c.example "CLI not allowed"'] }), 'caller-id-refused'],
  [said(403, { reason: 'Invalid Caller ID' }), 'caller-id-refused'],
  [said(480, { warnings: ['399 c.example "Caller-ID is not assigned"'] }), 'caller-id-refused'],
  [said(403, { reasons: ['SIP;cause=403;text="Destination not permitted"'] }), 'destination-refused'],
  [said(403, { reason: 'Forbidden', cause: 57 }), 'destination-refused'],
  [said(403, { reason: 'Wrong password' }), 'peer-credentials-refused'],
  [said(403, { reason: 'Max channels reached' }), 'peer-congested'],
  [said(603, { reasons: ['Q.850;cause=34;text="No circuit available"'], cause: 34 }), 'peer-congested'],
  [said(503), 'peer-congested'],
  [said(503, { cause: 38 }), 'peer-failed'],
  [said(500), 'peer-failed'],
  [said(404), 'peer-number-unknown'],
  [said(484), 'peer-number-unknown'],
  [said(500, { cause: 1 }), 'peer-number-unknown'],
  [said(482), 'peer-loop'],
  [said(488), 'media-refused'],
  [said(606), 'media-refused'],
  [said(403, { warningCodes: [305] }), 'media-refused'],
  [said(500, { cause: 88 }), 'media-refused'],
  [said(433, { reason: 'Anonymity Disallowed' }), 'caller-id-refused'],
  [said(407), 'peer-challenged'],
  [said(402), 'peer-refused'],
  [said(420), 'peer-protocol'],
  [said(400), 'peer-protocol'],
] as const)('reads %o', (answer, code) => {
  expect(meaningOf(answer, who)?.code).toBe(code);
});

it('takes a bare 403 for credentials where some were sent', () => {
  expect(meaningOf(said(403), { ...who, isAuthorized: true })?.code).toBe('peer-credentials-refused');
});
