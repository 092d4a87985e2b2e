import { expect, it } from 'vitest';
import { concerns } from './concerns.ts';
import { batch, seen, sip } from './fixture.ts';

const call = batch('edge-1', [
  { kind: 'note', at: 1, part: 'router', text: '1003' },
  seen(1, 'received', '192.0.2.1:5060', 'garbage'),
  seen(2, 'received', '192.0.2.1:5060', sip('INVITE sip:bob@acme.example SIP/2.0', 'INVITE')),
]);

it.each(['1001', '1002', 'bob', '1001@acme.example', 'bob@acme.example'])('concerns %s', (user) => {
  expect(concerns(call, user)).toBe(true);
});

it.each(['1003', '100', '', '1001@other.example', 'acme.example'])('does not concern %j', (user) => {
  expect(concerns(call, user)).toBe(false);
});
