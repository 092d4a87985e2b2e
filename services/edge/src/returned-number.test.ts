import type { router } from '@tandem/contract';
import { parseMessage, type SipResponse } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { returnedNumber } from './returned-number.ts';

const sent = '<sip:+34911000001@acme.carrier.example>';

function destination(from = sent, asserted?: string) {
  const outside = { from } as router.Outside;
  const headers = asserted === undefined ? [] : ([['P-Asserted-Identity', asserted]] as const);
  const identity = { tenant: 'acme', user: '', trunk: 'carrier' };
  return { uri: 'sip:+34600111222@192.0.2.7', route: [], identity, outside, headers };
}

function answer(header: string, from = sent): SipResponse {
  const lines = [`From: ${from};tag=1`, 'To: <sip:x@h>;tag=2', 'Call-ID: c', 'CSeq: 1 INVITE'];
  const text = ['SIP/2.0 200 OK', ...lines, header, 'Content-Length: 0', '', ''].join('\r\n');
  return parseMessage(text) as SipResponse;
}

function compared(header: string, from?: string): unknown {
  return returnedNumber(destination(), answer(header, from));
}

describe('the number that a trunk returns', () => {
  it.each([
    ['P-Asserted-Identity: <sip:+34911000001@carrier.example>', false],
    ['P-Asserted-Identity: <sip:911000001@carrier.example>', false],
    ['P-Asserted-Identity: "Boss" <tel:0034-911-000-001>', false],
    ['P-Asserted-Identity: <sip:600111222@carrier.example>', false],
    ['P-Asserted-Identity: <sip:+34919999999@carrier.example>', true],
    ['Remote-Party-ID: <sip:+34919999999@carrier.example>;party=calling;screen=yes', true],
    ['Remote-Party-ID: <sip:+34600111222@carrier.example>;party=called', false],
    ['Remote-Party-ID: <sip:+34600111222@carrier.example>;party=calling', true],
  ])('is compared with the one that was sent: %s', (header, replaced) => {
    expect(compared(header)).toMatchObject({ sent: '+34911000001', header: header.split(':')[0], replaced });
  });

  it('may be in From, which it should have left alone', () => {
    const from = '<sip:+34919999999@carrier.example>';
    expect(compared('Server: x', from)).toEqual({
      sent: '+34911000001',
      returned: '+34919999999',
      header: 'From',
      replaced: true,
    });
    expect(compared('Server: x', '<sip:+34911000001@elsewhere.example>')).toBeUndefined();
  });

  it.each([
    'Server: x',
    'P-Asserted-Identity: <sip:reception@carrier.example>',
    'P-Asserted-Identity: broken <',
    'P-Asserted-Identity: "Anonymous" <sip:anonymous@anonymous.invalid>',
  ])('is none where it names nobody by a number: %s', (header) => {
    expect(compared(header)).toBeUndefined();
  });

  it('is compared with what was asserted, where From had the account of the trunk', () => {
    const account = destination('<sip:acct@carrier.example>', '<sip:+34911000001@acme.example>');
    const ok = answer('P-Asserted-Identity: <sip:+34911000001@c>', '<sip:acct@carrier.example>');
    expect(returnedNumber(account, ok)).toMatchObject({ sent: '+34911000001', replaced: false });
  });

  it('is none of a phone, nor for a caller without a number', () => {
    const ok = answer('P-Asserted-Identity: <sip:+34919999999@c>');
    expect(returnedNumber({ uri: 'sip:1001@h', route: [] }, ok)).toBeUndefined();
    expect(returnedNumber(destination('"Anonymous" <sip:anonymous@anonymous.invalid>'), ok)).toBeUndefined();
  });
});
