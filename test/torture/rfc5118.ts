import { malformedUri } from '@tandem/sip';
import { type Expectation, refused, type TortureMessage } from './messages.ts';

const crlf = '\r\n';
const register = (uri: string): string[] => [
  `REGISTER ${uri} SIP/2.0`,
  'To: sip:user@example.com',
  'From: sip:user@example.com;tag=81x2',
  'Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111',
  'Call-ID: SSG9559905523997077@hlau_4100',
  'Max-Forwards: 70',
  'Contact: "Caller" <sip:caller@[2001:db8::1]>',
  'CSeq: 98176 REGISTER',
];
const options = (host: string): string[] => [
  `OPTIONS sip:user@${host} SIP/2.0`,
  `To: sip:user@${host}`,
  'From: sip:user@example.com;tag=810x2',
  'Via: SIP/2.0/UDP lab1.east.example.com;branch=z9hG4bKas3-111',
  'Call-ID: G9559905523997077@hlau_4100',
  'CSeq: 689 OPTIONS',
  'Max-Forwards: 70',
];
const streams = [
  't=3338481189 3370017201',
  'm=audio 6000 RTP/AVP 2',
  'a=rtpmap:2 G726-32/8000',
  'm=video 6024 RTP/AVP 107',
  'a=rtpmap:107 H263-1998/90000',
];

type Row = readonly [
  section: string,
  name: string,
  title: string,
  expectation: Expectation,
  headers: readonly string[],
  body?: readonly string[],
];

const rows: readonly Row[] = [
  ['4.1', 'ipv6-good', 'Valid SIP Message with an IPv6 Reference', 'valid', register('sip:[2001:db8::10]')],
  [
    '4.2',
    'ipv6-bad',
    'Invalid SIP Message with an IPv6 Reference',
    refused(malformedUri),
    register('sip:2001:db8::10'),
  ],
  ['4.3', 'port-ambiguous', 'Port Ambiguous in a SIP URI', 'valid', register('sip:[2001:db8::10:5070]')],
  ['4.4', 'port-unambiguous', 'Port Unambiguous in a SIP URI', 'valid', register('sip:[2001:db8::10]:5070')],
  [
    '4.5',
    'via-received-param-with-delim',
    'IPv6 Reference Delimiters in Via Header',
    'valid',
    [
      'BYE sip:[2001:db8::10] SIP/2.0',
      'To: sip:user@example.com;tag=bd76ya',
      'From: sip:user@example.com;tag=81x2',
      'Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111',
      'Call-ID: SSG9559905523997077@hlau_4100',
      'Max-Forwards: 70',
      'CSeq: 321 BYE',
    ],
  ],
  [
    '4.5',
    'via-received-param-no-delim',
    'IPv6 Reference Delimiters in Via Header, without them',
    'valid',
    [
      'OPTIONS sip:[2001:db8::10] SIP/2.0',
      'To: sip:user@example.com',
      'From: sip:user@example.com;tag=81x2',
      'Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3',
      'Call-ID: SSG95523997077@hlau_4100',
      'Max-Forwards: 70',
      'Contact: "Caller" <sip:caller@[2001:db8::9:1]>',
      'CSeq: 921 OPTIONS',
    ],
  ],
  [
    '4.6',
    'ipv6-in-sdp',
    'SIP Request with IPv6 Addresses in Session Description Protocol (SDP) Body',
    'valid',
    [
      'INVITE sip:user@[2001:db8::10] SIP/2.0',
      'To: sip:user@[2001:db8::10]',
      'From: sip:user@example.com;tag=81x2',
      'Via: SIP/2.0/UDP [2001:db8::20];branch=z9hG4bKas3-111',
      'Call-ID: SSG9559905523997077@hlau_4100',
      'Contact: "Caller" <sip:caller@[2001:db8::20]>',
      'CSeq: 8612 INVITE',
      'Max-Forwards: 70',
    ],
    [
      'v=0',
      'o=assistant 971731711378798081 0 IN IP6 2001:db8::20',
      "s=Live video feed for today's meeting",
      'c=IN IP6 2001:db8::20',
      ...streams,
    ],
  ],
  [
    '4.7',
    'mult-ip-in-header',
    'Multiple IP Addresses in SIP Headers',
    'valid',
    [
      'BYE sip:user@host.example.net SIP/2.0',
      'Via: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111',
      'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144',
      'Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200',
      'Call-ID: 997077@lau_4100',
      'Max-Forwards: 70',
      'CSeq: 89187 BYE',
      'To: sip:user@example.net;tag=9817--94',
      'From: sip:user@example.com;tag=81x2',
    ],
  ],
  [
    '4.8',
    'mult-ip-in-sdp',
    'Multiple IP Addresses in SDP',
    'valid',
    [
      'INVITE sip:user@[2001:db8::10] SIP/2.0',
      'To: sip:user@[2001:db8::10]',
      'From: sip:user@example.com;tag=81x2',
      'Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111',
      'Call-ID: SSG9559905523997077@hlau_4100',
      'Contact: "Caller" <sip:caller@[2001:db8::9:1]>',
      'Max-Forwards: 70',
      'CSeq: 8912 INVITE',
    ],
    [
      'v=0',
      'o=bob 280744730 28977631 IN IP4 host.example.com',
      's=',
      't=0 0',
      'm=audio 22334 RTP/AVP 0',
      'c=IN IP4 192.0.2.1',
      'm=video 6024 RTP/AVP 107',
      'c=IN IP6 2001:db8::1',
      'a=rtpmap:107 H263-1998/90000',
    ],
  ],
  [
    '4.9',
    'ipv4-mapped-ipv6',
    'IPv4-Mapped IPv6 Addresses',
    'valid',
    [
      'INVITE sip:user@example.com SIP/2.0',
      'To: sip:user@example.com',
      'From: sip:user@east.example.com;tag=81x2',
      'Via: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19',
      'Via: SIP/2.0/UDP [::ffff:192.0.2.2];branch=z9hG4bKas3-111',
      'Call-ID: SSG9559905523997077@hlau_4100',
      'Contact: "T. desk phone" <sip:ted@[::ffff:192.0.2.2]>',
      'CSeq: 612 INVITE',
      'Max-Forwards: 70',
    ],
    [
      'v=0',
      'o=assistant 971731711378798081 0 IN IP6 ::ffff:192.0.2.2',
      's=Call me soon, please!',
      'c=IN IP6 ::ffff:192.0.2.2',
      ...streams,
    ],
  ],
  [
    '4.10',
    'ipv6-bug-abnf-3-colons',
    'IPv6 Reference Bug in RFC 3261 ABNF',
    'valid',
    options('[2001:db8:::192.0.2.1]'),
  ],
  [
    '4.10',
    'ipv6-correct-abnf-2-colons',
    'IPv6 Reference Bug in RFC 3261 ABNF, without it',
    'valid',
    options('[2001:db8::192.0.2.1]'),
  ],
];

/**
 * All messages of RFC 5118 §4, in its order. The RFC has counted the octets of its bodies wrongly; here Content-Length is
 * what it should be.
 */
export const ipv6Messages: readonly TortureMessage[] = rows.map(
  ([section, name, title, expectation, headers, body = []]) => {
    const octets = body.map((line) => line + crlf).join('');
    const type = octets === '' ? [] : ['Content-Type: application/sdp'];
    const lines = [...headers, ...type, `Content-Length: ${octets.length}`, '', ''];
    return { rfc: 5118, name, section, title, expectation, text: lines.join(crlf) + octets };
  },
);
