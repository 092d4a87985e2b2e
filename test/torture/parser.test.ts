import { hash } from 'node:crypto';
import {
  checkMessage,
  Edit,
  Fault,
  type FaultKind,
  Framer,
  parseMessage,
  respond,
  type SipMessage,
  SipRequest,
} from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { exceptions } from './answers.ts';
import { type TortureMessage, tortureMessages } from './messages.ts';
import { ipv6Messages } from './rfc5118.ts';

function named(name: string): TortureMessage {
  return tortureMessages.find((message) => message.name === name)!;
}

function read(text: string): SipMessage {
  const message = parseMessage(text);
  if (message instanceof Fault) throw message;
  return message;
}

/** What the parser or the check finds. */
function faultOf(text: string): FaultKind | undefined {
  const message = parseMessage(text);
  return (message instanceof Fault ? message : checkMessage(message))?.kind;
}

it('has all messages of the RFC, octet by octet', () => {
  expect(tortureMessages).toHaveLength(49);
  const digest = hash('sha256', Buffer.from(tortureMessages.map(({ text }) => text).join(''), 'latin1'));
  expect(digest).toBe('093cf17b4d44144551291dc0027ee7e1464d3f3c01092f972665f3d2ddbcebef');
});

it('names exceptions that exist', () => {
  for (const name of exceptions.keys()) expect(named(name)).toBeDefined();
});

describe.each([...tortureMessages, ...ipv6Messages])(
  'RFC $rfc §$section $name: $title',
  ({ expectation, text }) => {
    if (typeof expectation === 'object' && 'refused' in expectation) {
      const { refused } = expectation;
      it(`is refused: ${refused.code}`, () => {
        expect(faultOf(text)).toBe(refused);
      });
      it('is answered along its Via, when it is a request', () => {
        const message = parseMessage(text);
        const isResponse = text.startsWith('SIP/2.0 ');
        expect(message instanceof SipRequest).toBe(!isResponse);
        if (!(message instanceof SipRequest)) return;
        const answer = read(respond(message, refused.status, { toTag: 'x' }));
        expect(answer).toMatchObject({ status: refused.status });
        expect(answer.values('Via')).toEqual(message.values('Via'));
      });
      return;
    }
    it(`is accepted${expectation === 'valid' ? '' : `, and later: ${expectation.later}`}`, () => {
      expect(faultOf(text)).toBeUndefined();
    });
    it('is the same after an edit', () => {
      const message = read(text);
      const forwarded = read(new Edit(message).prepend('Via', 'SIP/2.0/UDP me.example').write());
      expect(forwarded.vias.slice(1)).toEqual(message.vias);
      expect(forwarded.from).toEqual(message.from);
      expect(forwarded.to).toEqual(message.to);
      expect(forwarded.contacts).toEqual(message.contacts);
      expect(forwarded.body).toBe(message.body);
    });
  },
);

describe('on a stream', () => {
  const kinds = (name: string): string[] => new Framer().push(named(name).text).map(({ kind }) => kind);

  it.each([
    ['dblreq', ['message', 'message', 'broken']],
    ['mpart01', ['message']],
    ['clerr', []],
    ['ncl', ['broken']],
    ['mcl01', ['broken']],
    ['inv2543', ['broken']],
  ])('%s is %j', (name, expected) => {
    expect(kinds(name)).toEqual(expected);
  });
});
