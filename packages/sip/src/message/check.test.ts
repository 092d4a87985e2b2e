import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { checkMessage } from './check.ts';
import { parseMessage } from './parse.ts';
import { SipResponse } from './response.ts';
import { type Sample, sampleRequest, sampleText } from './sample.ts';

/** `code: detail` of what is wrong with a request; undefined when nothing is. */
function complaint(sample: Sample): string | undefined {
  return checkMessage(sampleRequest(sample))?.message;
}

function uri(text: string): Sample {
  return { startLine: `INVITE ${text} SIP/2.0` };
}

describe('what is accepted', () => {
  it.each<[string, Sample]>([
    ['a plain request', {}],
    [
      'a request of RFC 2543: no branch, no tag, no Max-Forwards',
      {
        headers: ['Via: SIP/2.0/UDP a.example', 'From: <sip:a@b.example>'],
        without: ['Max-Forwards'],
      },
    ],
    ['a tel URI', uri('tel:+1-201-555-0123;phone-context=+1')],
    ['a SIPS URI', uri('sips:a@b.example')],
    ['a URI whose scheme is not known', uri('soap.beep://192.0.2.103:3002')],
    ['a Call-ID of odd characters', { headers: ['Call-ID: a%ZK-!.*_+\'@word`~)(><:\\/"][?}{'] }],
    [
      'identities whose scheme is not known',
      { headers: ['To: isbn:2983792873', 'From: <http://x.example>;tag=1'] },
    ],
    ['Contact *', { headers: ['Contact: *'] }],
    [
      'all contacts of a list',
      { headers: ['Contact: <sip:a@b.example>, "B, C" <tel:+1>', 'm: sip:c@d.example'] },
    ],
    [
      'header and parameter names of Object',
      {
        headers: [
          '__proto__: a',
          'constructor: b',
          'From: <sip:a@b.example>;__proto__=x;constructor=y;tag=a',
        ],
      },
    ],
    ['a Via of two kilobytes', { headers: [`Via: SIP/2.0/UDP a.example;branch=z9hG4bK${'x'.repeat(2048)}`] }],
    [
      'the widest numbers',
      { headers: ['CSeq: 2147483647 INVITE', 'Max-Forwards: 255', 'Expires: 4294967295'] },
    ],
    ['a Date that is wrong, which nobody needs', { headers: ['Date: Fri, 01 Jan 2010 16:00:00 EST'] }],
  ])('%s', (_, sample) => {
    expect(complaint(sample)).toBeUndefined();
  });
});

describe('what is refused', () => {
  it.each<[string, Sample, string]>([
    ['another version', { startLine: 'INVITE sip:a@b.example SIP/7.0' }, 'version-unsupported: SIP/7.0'],
    [
      'a flaw in a line',
      { headers: ['Subject: a\nb'] },
      'malformed-message: header line 7 has a bare CR or LF',
    ],
    ['a Request-URI in brackets', uri('<sip:a@b.example>'), 'malformed-uri: Request-URI <sip:a@b.example>'],
    [
      'white space in the Request-URI',
      uri('sip:a@b.example; lr'),
      'malformed-uri: Request-URI sip:a@b.example; lr',
    ],
    ['two spaces in the start line', uri(' sip:a@b.example'), 'malformed-uri: Request-URI  sip:a@b.example'],
    [
      'headers in the Request-URI',
      uri('sip:a@b.example?x=y'),
      'malformed-uri: Request-URI sip:a@b.example?x=y',
    ],
    ['no scheme', uri('1002'), 'malformed-uri: Request-URI 1002'],
    ['a broken escape', uri('sip:a%4@b.example'), 'malformed-uri: Request-URI sip:a%4@b.example'],
    ['a quote in a URI of unknown scheme', uri('x:"a"'), 'malformed-uri: Request-URI x:"a"'],
    [
      'a URI over the cap',
      uri(`x:${'a'.repeat(limits.uriOctets)}`),
      `malformed-uri: Request-URI x:${'a'.repeat(75)}...`,
    ],
    ['no From', { without: ['From'] }, 'missing-header: From is missing'],
    ['no To', { without: ['To'] }, 'missing-header: To is missing'],
    ['no Call-ID', { without: ['Call-ID'] }, 'missing-header: Call-ID is missing'],
    ['no CSeq', { without: ['CSeq'] }, 'missing-header: CSeq is missing'],
    ['no Via', { without: ['Via'] }, 'missing-header: Via is missing'],
    ['an empty Via', { headers: ['Via:'] }, 'malformed-header: Via: '],
    ['a Via list with a hole', { headers: ['Via: SIP/2.0/UDP a,,SIP/2.0/UDP b'] }, 'malformed-header: Via: '],
    ...['\x0b', '\x0c', '\xa0'].flatMap((space): [string, Sample, string][] => [
      [
        `a Via that begins with what only looks like a space, ${JSON.stringify(space)}`,
        { headers: [`Via: ${space}SIP/2.0/UDP a`] },
        'malformed-header: Via: ?SIP/2.0/UDP a',
      ],
      [
        `a Via in a list that begins so, ${JSON.stringify(space)}`,
        { headers: [`Via: ${space}SIP/2.0/UDP a, SIP/2.0/UDP b`] },
        'malformed-header: Via: ?SIP/2.0/UDP a',
      ],
    ]),
    ['a broken Via under a good one', { headers: ['Via: SIP/2.0/UDP a, b'] }, 'malformed-header: Via: b'],
    [
      'a branch without a value',
      { headers: ['Via: SIP/2.0/UDP a;branch'] },
      'malformed-header: Via: branch without a value',
    ],
    [
      'an unterminated quote',
      { headers: ['To: "B <sip:b@c.example>'] },
      'malformed-header: To: "B <sip:b@c.example>',
    ],
    [
      'an unquoted comma',
      { headers: ['From: B, A <sip:b@c.example>'] },
      'malformed-header: From: B, A <sip:b@c.example>',
    ],
    [
      'a tag without a value',
      { headers: ['From: <sip:b@c.example>;tag'] },
      'malformed-header: From: <sip:b@c.example>;tag',
    ],
    [
      'two tags',
      { headers: ['To: <sip:b@c.example>;tag=1;TAG=2'] },
      'malformed-header: To: <sip:b@c.example>;tag=1;TAG=2',
    ],
    ['a broken URI in To', { headers: ['To: <sip:b@>'] }, 'malformed-header: To: <sip:b@>'],
    [
      'a broken URI in Contact',
      { headers: ['Contact: <sip:a@b.example>, <sip:@>'] },
      'malformed-header: Contact: sip:@',
    ],
    ['a Contact that is no address', { headers: ['Contact: a'] }, 'malformed-header: Contact: a'],
    ['* beside a contact', { headers: ['Contact: *, <sip:a@b.example>'] }, 'malformed-header: Contact: *'],
    [
      '* before a contact',
      { headers: ['Contact: *', 'm: <sip:a@b.example>'] },
      'malformed-header: Contact: *',
    ],
    [
      'headers of a bare Contact',
      { headers: ['Contact: sip:a@b.example?x=y'] },
      'malformed-header: Contact: sip:a@b.example?x=y',
    ],
    ['a Call-ID of two words', { headers: ['Call-ID: a b'] }, 'malformed-header: Call-ID: a b'],
    [
      'another method in CSeq',
      { headers: ['CSeq: 1 OPTIONS'] },
      'malformed-header: CSeq: method OPTIONS in a INVITE',
    ],
    [
      'a method in another case',
      { headers: ['CSeq: 1 invite'] },
      'malformed-header: CSeq: method invite in a INVITE',
    ],
    [
      'a CSeq over 31 bits',
      { headers: ['CSeq: 2147483648 INVITE'] },
      'malformed-header: CSeq: 2147483648 INVITE',
    ],
    ['Max-Forwards over 255', { headers: ['Max-Forwards: 256'] }, 'malformed-header: Max-Forwards: 256'],
    ['Expires over 32 bits', { headers: ['Expires: 4294967296'] }, 'malformed-header: Expires: 4294967296'],
    [
      'a negative Content-Length',
      { headers: ['Content-Length: -999'] },
      'malformed-header: Content-Length: -999',
    ],
    [
      'a Content-Length that is no number',
      { headers: ['Content-Length: five'] },
      'malformed-header: Content-Length: five',
    ],
    [
      'a body that is cut',
      { headers: ['Content-Length: 9'], body: 'body' },
      'malformed-header: Content-Length 9, the body has 4',
    ],
    [
      'a Content-Length over the cap',
      { headers: ['Content-Length: 65536'] },
      'message-too-large: Content-Length 65536',
    ],
    [
      'a huge Content-Length',
      { headers: [`Content-Length: 1${'0'.repeat(20)}`] },
      `malformed-header: Content-Length: 1${'0'.repeat(20)}`,
    ],
  ])('%s', (_, sample, expected) => {
    expect(complaint(sample)).toBe(expected);
  });

  it.each([
    ['From', ['From: <sip:a@b.example>;tag=1', 'f: <sip:c@d.example>;tag=2']],
    ['To', ['To: <sip:a@b.example>', 'TO : <sip:a@b.example>']],
    ['Call-ID', ['Call-ID: a', 'i: a']],
    ['CSeq', ['CSeq: 1 INVITE', 'cseq: 1 INVITE']],
    ['Max-Forwards', ['Max-Forwards: 1', 'max-forwards \t: 1']],
    ['Content-Length', ['Content-Length: 0', 'l: 0']],
    ['Content-Length', ['Content-Length: 4', 'Content-Length: 0']],
    ['Content-Type', ['Content-Type: a/b', 'c: a/b']],
    ['Expires', ['Expires: 1', 'Expires: 1']],
    ['Event', ['Event: a', 'o: a']],
    ['Replaces', ['Replaces: a', 'Replaces: b']],
    ['Refer-To', ['Refer-To: <sip:a@b.example>', 'r: <sip:c@d.example>']],
    ['Timestamp', ['Timestamp: 1', 'Timestamp: 2']],
  ])('%s twice', (name, headers) => {
    expect(complaint({ headers })).toBe(`duplicate-header: ${name} stands more than once`);
  });
});

it('checks a response by the same rules', () => {
  const startLine = 'SIP/2.0 200 OK';
  const response = (sample: Sample): string | undefined => {
    const message = parseMessage(sampleText({ startLine, ...sample }));
    if (!(message instanceof SipResponse)) throw message;
    return checkMessage(message)?.message;
  };
  expect(response({})).toBeUndefined();
  expect(response({ headers: ['CSeq: 9292394834772304023312 OPTIONS'] })).toMatch(/^malformed-header: CSeq/);
});
