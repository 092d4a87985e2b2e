import { expect, it } from 'vitest';
import { admit } from '../admission.ts';
import { laneOf } from './lane.ts';

function message(start: string, ...headers: readonly string[]): string {
  const method = start.startsWith('SIP/') ? 'INVITE' : start.split(' ', 1)[0];
  const others = [
    ['Via', 'SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1'],
    ['From', '<sip:1001@acme.example>;tag=a'],
    ['To', '<sip:1002@acme.example>'],
    ['Call-ID', 'c1'],
    ['CSeq', `1 ${method}`],
  ].filter(
    ([name = '']) =>
      !headers.some((each) => each.startsWith(`${name}:`) || each.startsWith(`${name[0]!.toLowerCase()}:`)),
  );
  return [start, ...others.map((each) => each.join(': ')), ...headers, '', 'a=tag', ''].join('\r\n');
}

const isHelp = ({ uri }: { readonly uri: string }): boolean => uri === 'sip:112@acme.example';

it.each([
  ['a response', 'SIP/2.0 200 OK', [], 'first'],
  ['a call', 'INVITE sip:1002@acme.example SIP/2.0', ['To: <sip:1002@acme.example>'], 'call'],
  ['a call for help', 'INVITE sip:112@acme.example SIP/2.0', ['To: <sip:112@acme.example>'], 'first'],
  [
    'a call with credentials',
    'INVITE sip:1002@acme.example SIP/2.0',
    ['proxy-authorization : Digest'],
    'answering',
  ],
  [
    'a call that goes on',
    'INVITE sip:1002@192.0.2.4 SIP/2.0',
    ['To: <sip:1002@acme.example>;tag=b'],
    'first',
  ],
  [
    'the same in short',
    'INVITE sip:1002@192.0.2.4 SIP/2.0',
    ['t:<sip:1002@acme.example> ; TAG = b'],
    'first',
  ],
  [
    'a tag of From alone',
    'INVITE sip:1002@acme.example SIP/2.0',
    ['From: <sip:1001@acme.example>;tag=a'],
    'call',
  ],
  ['its end', 'BYE sip:1002@192.0.2.4 SIP/2.0', ['To: <sip:1002@acme.example>;tag=b'], 'first'],
  ['an acknowledgement', 'ACK sip:1002@192.0.2.4 SIP/2.0', [], 'first'],
  // It must not overtake its INVITE.
  ['a cancellation', 'CANCEL sip:1002@acme.example SIP/2.0', ['To: <sip:1002@acme.example>'], 'call'],
  [
    'a registration',
    'REGISTER sip:acme.example SIP/2.0',
    ['To: <sip:1002@acme.example>;tag=x'],
    'registration',
  ],
  ['one with credentials', 'REGISTER sip:acme.example SIP/2.0', ['Authorization: Digest'], 'answering'],
  ['a probe', 'OPTIONS sip:acme.example SIP/2.0', [], 'probe'],
  ['a message', 'MESSAGE sip:1002@acme.example SIP/2.0', [], 'call'],
  ['no message', 'x', [], 'probe'],
  ['a To that cannot be read', 'INVITE sip:1002@acme.example SIP/2.0', ['To: <sip'], 'probe'],
] as const)('%s', (_name, start, headers, lane) => {
  expect(laneOf(admit(message(start, ...headers)), isHelp)).toBe(lane);
});
