import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRtcp } from '@tandem/rtp';
import { anchor, describe as describeMedia } from '@tandem/sdp';
import { checkMessage, Edit, Fault, Framer, limits, parseMessage, respond, SipRequest } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { type Headers, write } from '../wire/request.ts';

// What SIP stacks have fallen to, by class: the same must not happen here. Each block names who it happened to, and the
// code that sees to it here.

const root = join(import.meta.dirname, '../..');
const relay = { host: '203.0.113.9', port: 30_000, rtcpPort: 30_001 };

const plain: Headers = {
  Via: 'SIP/2.0/UDP 192.0.2.4;branch=z9hG4bKa',
  From: '<sip:1001@acme.example>;tag=a',
  To: '<sip:1002@acme.example>',
  'Call-ID': 'c1',
  CSeq: '1 INVITE',
  Contact: '<sip:1001@192.0.2.4>',
  'Max-Forwards': '70',
};

function invite(changes: Headers = {}, body = '', uri = 'sip:1002@acme.example'): string {
  return write(`INVITE ${uri} SIP/2.0`, { ...plain, ...changes }, body).text;
}

/** The status that a request is answered with before anybody looks at what it is for; undefined when it is taken. */
function refusal(text: string): number | undefined {
  const message = parseMessage(text);
  return (message instanceof Fault ? message : checkMessage(message))?.kind.status;
}

function sdp(lines: readonly string[], ending = '\r\n'): string {
  const all = ['v=0', 'o=- 1 1 IN IP4 192.0.2.4', 's=-', 'c=IN IP4 192.0.2.4', 't=0 0', ...lines];
  return all.map((line) => line + ending).join('');
}

/** What a description comes to: the code of a fault, or how many streams it has. Any other error is a finding. */
function reading(description: string): string | number {
  try {
    anchor(description, [relay]);
    return describeMedia(description).length;
  } catch (error) {
    if (error instanceof Fault) return error.kind.code;
    throw error;
  }
}

// Header overflow: PJSIP CVE-2017-9372 (CSeq); Asterisk CVE-2018-7284 (Accept); Kamailio CVE-2016-2385, CVE-2018-8828 (To),
// CVE-2018-14767 (a second To), CVE-2018-16657 (branch), CVE-2020-27507 (many fields with a long tag).
// Guarded by packages/sip/src/limits.ts, message/scan.ts and message/check.ts.
describe('a header that is too long', () => {
  const long = 'x'.repeat(limits.headerOctets);

  it.each<[string, Headers]>([
    ['CSeq', { CSeq: `1 ${long}` }],
    ['CSeq, digits', { CSeq: `${'9'.repeat(300)} INVITE` }],
    ['Accept', { Accept: `application/${long}` }],
    ['To', { To: `<sip:${long}@acme.example>` }],
    ['a tag', { From: `<sip:1001@acme.example>;tag=${long}` }],
    ['a branch', { Via: `SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK${long}` }],
    ['Call-ID', { 'Call-ID': long }],
    ['a name', { [`X-${long}`]: 'x' }],
    ['folds', { Subject: `a${'\r\n b'.repeat(limits.headerOctets / 4)}` }],
  ])('is refused: %s', (_, headers) => {
    expect(refusal(invite(headers))).toBe(400);
  });

  it('is refused as a whole where it stands twice, however it is spelled', () => {
    const twice = invite().replace('Call-ID:', `t : <sip:x@a>;tag=${'y'.repeat(2_000)}\r\nCall-ID:`);
    expect(refusal(twice)).toBe(400);
  });
});

// The answer to what is over a cap is the same for every cap: the one for its kind, and never silence or a stall.
describe('a message over a cap', () => {
  const many = (count: number, one: string): string[] => Array.from({ length: count }, () => one);
  const over: Readonly<Record<Exclude<keyof typeof limits, 'targets'>, readonly [string, number]>> = {
    messageOctets: [invite({}, 'x'.repeat(limits.messageOctets)), 513],
    headerOctets: [invite({ Subject: 'x'.repeat(limits.headerOctets) }), 400],
    headerLines: [invite({ 'X-A': many(limits.headerLines, 'x') }), 400],
    headerElements: [invite({ Via: many(limits.headerElements + 1, plain.Via as string) }), 400],
    parameters: [
      invite({
        To: `<sip:a@b>${many(limits.parameters + 1, '')
          .map((_, i) => `;p${i}`)
          .join('')}`,
      }),
      400,
    ],
    uriOctets: [invite({}, '', `sip:${'x'.repeat(limits.uriOctets)}@acme.example`), 400],
  };

  it.each(Object.entries(over))('is refused by its kind: %s', (_, [text, status]) => {
    expect(refusal(text)).toBe(status);
  });

  it('is refused for each cap that there is', () => {
    expect(Object.keys({ ...over, targets: 0 }).sort()).toEqual(Object.keys(limits).sort());
  });
});

// Session descriptions: PJSIP CVE-2018-1000098 (fmt), CVE-2018-1000099 (fmtp), CVE-2026-41416 (ptime); OpenSIPS
// CVE-2023-28095 to 28099 (a line without its end), CVE-2026-46334 (b= without a colon); OSV-2024-1210, 1230, 1244 (mixed
// content, rtpmap, fmtp). Guarded by packages/sdp/src/line.ts, media-line.ts and description.ts.
describe('a session description', () => {
  it.each<[string, string, string | number]>([
    ['without formats', sdp(['m=audio 4000 RTP/AVP']), 1],
    ['with formats that are none', sdp(['m=audio 4000 RTP/AVP 999999999999 -1 x']), 1],
    ['with an fmtp that is empty', sdp(['m=audio 4000 RTP/AVP 96', 'a=fmtp', 'a=fmtp:', 'a=fmtp:96']), 1],
    ['with an rtpmap that is broken', sdp(['m=audio 4000 RTP/AVP 96', 'a=rtpmap:96', 'a=rtpmap:/']), 1],
    ['with a ptime over all numbers', sdp(['m=audio 4000 RTP/AVP 0', `a=ptime:${'9'.repeat(400)}`]), 1],
    ['with a bandwidth without colon', sdp(['b=', 'b=AS', 'm=audio 4000 RTP/AVP 0', 'b=x']), 1],
    ['whose last line has no end', `${sdp([])}m=audio 4000 RTP/AVP 0`, 1],
    ['of one letter', 'v', 'sdp-malformed'],
    ['with a line of one letter', sdp(['m']), 'sdp-malformed'],
    ['with ports that are none', sdp(['m=audio 70000 RTP/AVP 0']), 'sdp-malformed'],
    ['with a count of no ports', sdp(['m=audio 4000/0 RTP/AVP 0']), 'sdp-malformed'],
    ['with a line end that others take for one', sdp(['s=a\rm=audio 1 RTP/AVP 0']), 'sdp-malformed'],
    ['with too many lines', sdp(Array.from({ length: 1_000 }, () => 'a=x')), 'sdp-too-large'],
    ['with a line that is too long', sdp([`a=${'x'.repeat(4_096)}`]), 'sdp-too-large'],
    ['with too many streams', sdp(Array.from({ length: 33 }, () => 'm=audio 0 RTP/AVP 0')), 'sdp-too-large'],
  ])('%s', (_, description, expected) => {
    expect(reading(description)).toBe(expected);
  });
});

// Readers beyond the end: OpenSIPS CVE-2023-27596 to 27601 (Via, URI, Content-Length), Asterisk and PJSIP CVE-2022-21722
// (RTP, RTCP). Guarded by packages/sip/src/message/parse.ts and packages/rtp/src/rtcp.ts.
describe('what is cut off anywhere', () => {
  it('is read as far as it goes, or refused', () => {
    const whole = invite({}, sdp(['m=audio 4000 RTP/AVP 0']));
    const kinds = new Set<string>();
    for (let end = 0; end <= whole.length; end++) kinds.add(String(refusal(whole.slice(0, end))));
    expect([...kinds].sort()).toEqual(['400', 'undefined']);
  });

  it.each(['Via', 'To', 'From', 'CSeq', 'Contact', 'Content-Length', 'Max-Forwards'])(
    'is refused or taken when it is the value of %s',
    (name) => {
      const value = String({ ...plain, 'Content-Length': '0' }[name]);
      for (let end = 0; end < value.length; end++) {
        const status = refusal(invite({ [name]: value.slice(0, end) }));
        expect([400, undefined]).toContain(status);
      }
    },
  );

  it('is no RTCP', () => {
    const report = Buffer.from(`81c90007${'00'.repeat(28)}`, 'hex');
    expect(readRtcp(report, 0, report.length)).toHaveLength(1);
    for (let length = 0; length < report.length; length++) {
      expect(readRtcp(report, 0, length)).toBeUndefined();
    }
    // A length field that says more than there is.
    report.writeUInt16BE(0xffff, 2);
    expect(readRtcp(report, 0, report.length)).toBeUndefined();
  });
});

// Header smuggling: Kamailio CVE-2020-28361, whose removal of a header missed a name with white space before the colon.
// Guarded by packages/sip/src/message/header-line.ts and edit.ts.
describe('a header that is to be taken out', () => {
  it.each([
    'X-Account: 1',
    'X-Account : 1',
    'X-Account\t: 1',
    'x-account \t :1',
    'X-ACCOUNT:\r\n 1',
    'X-Account :\r\n\t1',
  ])('is found as %j', (line) => {
    const request = parseMessage(invite().replace('Call-ID:', `${line}\r\nCall-ID:`));
    expect(request).toBeInstanceOf(SipRequest);
    const text = new Edit(request as SipRequest).remove('X-Account').write();
    expect(text).not.toMatch(/account/i);
    expect(refusal(text)).toBeUndefined();
  });

  it.each(['X-Account\r\n : 1', 'X Account: 1', ': 1', 'X-Account\0: 1', '\x0bX-Account: 1'])(
    'cannot be hidden as %j: the message is refused',
    (line) => {
      expect(refusal(invite().replace('Call-ID:', `${line}\r\nCall-ID:`))).toBe(400);
    },
  );
});

// Two of what may stand once: what one hop reads the other may not. Guarded by checkSingle in message/check.ts.
describe('a header that may stand once', () => {
  it.each(['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Length', 'Content-Type', 'Expires'])(
    'stands once: %s',
    (name) => {
      const value = String({ ...plain, 'Content-Length': '0', 'Content-Type': 'a/b', Expires: '1' }[name]);
      expect(refusal(invite({ [name]: [value, value] }))).toBe(400);
    },
  );
});

// Content-Length that lies, and memory set aside for what has not come: sipgo (2026), OpenSIPS (2023). Guarded by
// packages/sip/src/message/framer.ts.
describe('a Content-Length on a stream', () => {
  const kindsOf = (value: string): string[] =>
    new Framer()
      .push(invite().replace(/Content-Length: 0/, `Content-Length: ${value}`))
      .map(({ kind }) => kind);

  it.each([
    '-1',
    '+0',
    '0x10',
    '1e3',
    '0, 0',
    '0 0',
    '99999999999999999999',
    '',
    String(limits.messageOctets + 1),
  ])('ends it: %j', (value) => {
    expect(kindsOf(value)).toEqual(['broken']);
  });

  it('is not believed beforehand: what has come is all that is kept', () => {
    const framer = new Framer();
    expect(framer.push(invite().replace(/Content-Length: 0/, 'Content-Length: 60000'))).toEqual([]);
    expect(framer.pending).toBeLessThan(1_000);
  });
});

// Line ends in a value that we set: sipgo (2026) and others. Guarded by `unsafe-value` in message/edit.ts and compose.ts.
describe('a value that is set', () => {
  const request = parseMessage(invite()) as SipRequest;

  it.each(['a\r\nX-Evil: 1', 'a\nb', 'a\rb', 'a\0b', 'a\u{100}'])(
    'has neither line end nor NUL: %j',
    (value) => {
      for (const edit of [
        () => new Edit(request).set('Subject', value).write(),
        () => new Edit(request).append('X-New', value).write(),
        () => new Edit(request).append(`X-${value}`, 'x').write(),
        () => new Edit(request).requestUri(`sip:${value}`).write(),
        () => respond(request, 200, { headers: [['Subject', value]] }),
      ]) {
        expect(edit).toThrow('unsafe-value');
      }
    },
  );

  it('has no line end in a reason that quotes a peer', () => {
    const answer = respond(request, 400, { reason: 'Bad Request - a\r\nX-Evil: 1' });
    expect(answer.split('\r\n')[0]).toBe('SIP/2.0 400 Bad Request - a  X-Evil: 1');
  });
});

// Names of a peer's choosing as keys. Guarded by the Maps of header/params.ts and message/header-name.ts.
it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])(
  'the name %s is a name like others',
  (name) => {
    const message = parseMessage(
      invite({ [name]: 'x', To: `<sip:1002@acme.example;${name}=1>;${name}=2` }),
    ) as SipRequest;
    expect(refusal(message.text)).toBeUndefined();
    expect(message.to.params.get(name.toLowerCase())).toBe('2');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  },
);

// What has a test of its own.
describe('elsewhere', () => {
  it.each([
    [
      'FreeSWITCH CVE-2021-41145: memory that a flood of REGISTER takes',
      'test/wire/flood.test.ts',
      "'of REGISTERs of ever other names'",
    ],
    [
      'Asterisk CVE-2018-7286, CVE-2020-28327: memory that a flood of INVITE over TCP takes',
      'test/wire/flood.test.ts',
      "'of INVITEs over one connection, whose challenges nobody answers or acknowledges'",
    ],
    [
      'FreeSWITCH CVE-2021-37624, CVE-2021-41157: MESSAGE and SUBSCRIBE of anybody',
      'test/wire/standalone.test.ts',
      "['MESSAGE', 'SUBSCRIBE', 'NOTIFY', 'PUBLISH']",
    ],
    [
      'FreeSWITCH CVE-2021-41158: credentials for whoever is called and asks for them; of ours',
      'test/wire/outside.test.ts',
      "'that is challenged does not have the phone prove its password'",
    ],
    [
      'FreeSWITCH CVE-2021-41158: the same of a phone',
      'test/wire/challenge.test.ts',
      "'does not get those for us, when it asks in our name'",
    ],
    [
      'PJSIP CVE-2020-15260: a connection over TLS that is used for another name',
      'services/edge/src/socket/tls/tls.test.ts',
      "'is used again for the name that was proven, and for no other'",
    ],
    [
      'Asterisk CVE-2017-14099, rtpengine CVE-2025-53399: media to and from whoever sends some',
      'services/media/src/relay.test.ts',
      "'hear nothing of %s, before and after the first packet'",
    ],
    [
      'Asterisk CVE-2017-14099, rtpengine CVE-2025-53399: in a call behind NATs',
      'test/call/nat.test.ts',
      'intrude(world.network, world.office.tandem)',
    ],
    [
      'Asterisk CVE-2023-49786, FreeSWITCH CVE-2023-51443, rtpengine CVE-2023-51275: a handshake before that of the phone',
      'services/media/src/relay.test.ts',
      "'hear nothing of a stranger who shakes hands before they do'",
    ],
    [
      'FreeSWITCH CVE-2021-41105: a packet that ends a call',
      'services/media/src/relay.test.ts',
      "'talk on whatever octets come between'",
    ],
    ['PJSIP CVE-2022-21723, OSV-2024-1210: multipart bodies', 'test/torture/messages.ts', 'mpart01'],
    [
      'PJSIP CVE-2026-28799: a subscription that has ended',
      'test/wire/standalone.test.ts',
      "'that has ended is over: what comes of it still goes to who refuses it'",
    ],
    [
      'FreeSWITCH CVE-2023-40018, CVE-2023-40019, PJSIP CVE-2026-25994: ICE and codecs of a description',
      'packages/sdp/src/anchor.test.ts',
      'ice-',
    ],
    [
      'coturn CVE-2020-26262: a relay to loopback',
      'services/media/src/relay.test.ts',
      "'is not heard on loopback by a worker that listens elsewhere'",
    ],
    [
      'PJSIP CVE-2026-32945: answers of DNS',
      'services/edge/src/dns/message.test.ts',
      "'never breaks anything, whatever octets it has'",
    ],
    ['regular expressions that go back', 'test/hostile/regular-expressions.test.ts', "'does not go back"],
    [
      'WebSocket frames without end',
      'services/edge/src/socket/web-socket.test.ts',
      "'says more than a message may have'",
    ],
    [
      'WebSocket messages in ever more parts',
      'services/edge/src/socket/web-socket.test.ts',
      "['cuts a message into too many parts'",
    ],
  ])('%s', (_, file, text) => {
    expect(readFileSync(join(root, file), 'utf8')).toContain(text);
  });
});
