import { Fault, parseMessage, parseUri, type SipMessage, SipRequest, SipResponse } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { tortureMessages } from './messages.ts';

/** The Request-URI, parsed. */
function target(message: SipMessage): unknown {
  return message instanceof SipRequest ? parseUri(message.uri) : undefined;
}

const sip = { scheme: 'sip', headers: '' };
const none = new Map();
const odd = "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*";
const method = "!interesting-Method0123456789_*+`.%indeed'~";
const phone = { ...sip, user: '+19725552222', host: 'gw1.example.net' };

describe('what is read', () => {
  it.each<[string, string, (message: SipMessage) => unknown, unknown]>([
    [
      'wsinv',
      'Request-URI',
      target,
      { ...sip, user: 'vivekg', host: 'chair-dnrc.example.com', params: new Map([['unknownparam', '']]) },
    ],
    [
      'wsinv',
      'To',
      (m) => m.to,
      { uri: 'sip:vivekg@chair-dnrc.example.com', params: new Map([['tag', '1918181833n']]) },
    ],
    [
      'wsinv',
      'From',
      (m) => m.from,
      { display: 'J Rosenberg \\"', uri: 'sip:jdrosen@example.com', params: new Map([['tag', '98asjd8']]) },
    ],
    ['wsinv', 'Max-Forwards', (m) => m instanceof SipRequest && m.maxForwards, 68],
    ['wsinv', 'CSeq', (m) => m.cseq, { number: 9, method: 'INVITE' }],
    [
      'wsinv',
      'Via',
      (m) => m.vias,
      [
        { transport: 'UDP', host: '192.0.2.2', params: new Map([['branch', '390skdjuw']]) },
        { transport: 'TCP', host: 'spindle.example.com', params: new Map([['branch', 'z9hG4bK9ikj8']]) },
        { transport: 'UDP', host: '192.168.255.111', params: new Map([['branch', 'z9hG4bK30239']]) },
      ],
    ],
    ['wsinv', 'Subject', (m) => m.value('Subject'), ''],
    [
      'wsinv',
      'Contact',
      (m) => m.contacts,
      [
        {
          display: 'Quoted string ""',
          uri: 'sip:jdrosen@example.com',
          params: new Map([
            ['newparam', 'newvalue'],
            ['secondparam', ''],
            ['q', '0.33'],
          ]),
        },
      ],
    ],
    [
      'wsinv',
      'Route',
      (m) => m.routes.map(({ uri }) => uri),
      ['sip:services.example.com;lr;unknownwith=value;unknown-no-value'],
    ],
    ['wsinv', 'body', (m) => m.body.length, 150],
    ['intmeth', 'method', (m) => m.cseq.method, method],
    [
      'intmeth',
      'Request-URI',
      target,
      {
        ...sip,
        user: odd,
        password: "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)",
        host: 'example.com',
        params: none,
      },
    ],
    [
      'intmeth',
      'To',
      (m) => m.to,
      { display: 'BEL:\x07 NUL:\0 DEL:\x7f', uri: `sip:${odd}@example.com`, params: none },
    ],
    [
      'intmeth',
      'From',
      (m) => m.from,
      {
        display: "token1~` token2'+_ token3*%!.-",
        uri: 'sip:mundane@example.com',
        params: new Map([
          ["fromparam''~+*_!.-%", Buffer.from('работающий').toString('latin1')],
          ['tag', "_token~1'+`*%!-."],
        ]),
      },
    ],
    ['intmeth', 'Call-ID', (m) => m.callId, 'intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{'],
    ['intmeth', 'Via', (m) => m.via.params.get('branch'), "z9hG4bK-.!%66*_+`'~"],
    [
      'esc01',
      'Request-URI',
      target,
      { ...sip, user: 'sips:user@example.com', host: 'example.net', params: none },
    ],
    ['esc01', 'To', (m) => parseUri(m.to.uri), { ...sip, user: 'user', host: 'example.com', params: none }],
    [
      'esc01',
      'From',
      (m) => parseUri(m.from.uri),
      { ...sip, user: 'I have spaces', host: 'example.net', params: none },
    ],
    [
      'esc01',
      'Contact',
      (m) => parseUri(m.contacts[0]!.uri),
      {
        ...sip,
        user: 'caller',
        host: 'host5.example.net',
        params: new Map([
          ['lr', ''],
          ['name', 'value%41'],
        ]),
      },
    ],
    [
      'escnull',
      'To',
      (m) => parseUri(m.to.uri),
      { ...sip, user: 'null-\0-null', host: 'example.com', params: none },
    ],
    [
      'escnull',
      'Contact',
      (m) => m.contacts.map(({ uri }) => parseUri(uri)),
      [
        { ...sip, user: '\0', host: 'host5.example.com', params: none },
        { ...sip, user: '\0\0', host: 'host5.example.com', params: none },
      ],
    ],
    ['esc02', 'method', (m) => m.cseq.method, 'RE%47IST%45R'],
    ['esc02', 'To', (m) => m.to.display, '%Z%45'],
    [
      'esc02',
      'Contact',
      (m) => m.contacts.map(({ uri }) => uri),
      ['sip:alias1@host1.example.com', 'sip:alias3@host3.example.com'],
    ],
    ['lwsdisp', 'From', (m) => m.from.display, 'caller'],
    ['longreq', 'To', (m) => m.to.display, `I have a user name of ${'extreme'.repeat(10)} proportion`],
    ['longreq', 'From', (m) => m.from.params.get('tag'), `12${'982'.repeat(50)}424`],
    ['longreq', 'Call-ID', (m) => m.callId, `longreq.one${'really'.repeat(20)}longcallid`],
    [
      'longreq',
      'Via',
      (m) => m.vias.map(({ host }) => host),
      [...Array.from({ length: 33 }, (_, i) => `sip${33 - i}.example.com`), 'host.example.com'],
    ],
    ['dblreq', 'body', (m) => m.body, ''],
    ['dblreq', 'CSeq', (m) => m.cseq, { number: 8, method: 'REGISTER' }],
    [
      'semiuri',
      'Request-URI',
      target,
      { ...sip, user: 'user;par=u@example.net', host: 'example.com', params: none },
    ],
    [
      'semiuri',
      'Accept',
      (m) => m.elements('Accept'),
      [
        'application/sdp',
        'application/pkcs7-mime',
        'multipart/mixed',
        'multipart/signed',
        'message/sip',
        'message/sipfrag',
      ],
    ],
    [
      'transports',
      'Via',
      (m) => m.vias.map(({ transport }) => transport),
      ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'],
    ],
    [
      'mpart01',
      'body',
      (m) => [m.body.length, m.body.indexOf('\0'), m.body.endsWith('\r\n--7a9cbec02ceef655--\r\n')],
      [553, 368, true],
    ],
    [
      'unreason',
      'reason',
      (m) => m instanceof SipResponse && Buffer.from(m.reason, 'latin1').toString(),
      '= 2**3 * 5**2 но сто девяносто девять - простое',
    ],
    ['noreason', 'reason', (m) => m instanceof SipResponse && m.reason, ''],
    ['noreason', 'status', (m) => m instanceof SipResponse && m.status, 100],
    ['badbranch', 'Via', (m) => m.via.params.get('branch'), 'z9hG4bK'],
    ['unksm2', 'Contact', (m) => m.contacts[0]?.uri, 'name:John_Smith'],
    ['bext01', 'Require', (m) => m.elements('Require'), ['nothingSupportsThis', 'nothingSupportsThisEither']],
    [
      'bext01',
      'Proxy-Require',
      (m) => m.elements('Proxy-Require'),
      ['noProxiesSupportThis', 'norDoAnyProxiesSupportThis'],
    ],
    ['bcast', 'Via', (m) => m.vias[1]?.host, '255.255.255.255'],
    ['zeromf', 'Max-Forwards', (m) => m instanceof SipRequest && m.maxForwards, 0],
    [
      'cparam01',
      'Contact',
      (m) => m.contacts,
      [{ uri: 'sip:+19725552222@gw1.example.net', params: new Map([['unknownparam', '']]) }],
    ],
    [
      'cparam02',
      'Contact',
      (m) => m.contacts.map(({ uri }) => parseUri(uri)),
      [{ ...phone, params: new Map([['unknownparam', '']]) }],
    ],
    [
      'regescrt',
      'Contact',
      (m) => parseUri(m.contacts[0]!.uri),
      { ...sip, user: 'user', host: 'example.com', params: none, headers: 'Route=%3Csip:sip.example.com%3E' },
    ],
    [
      'inv2543',
      'To',
      (m) => m.to,
      { uri: 'sip:+16505552222@ss1.example.net', params: new Map([['user', 'phone']]) },
    ],
  ])('%s: %s', (name, _, take, expected) => {
    const message = parseMessage(tortureMessages.find((torture) => torture.name === name)!.text);
    if (message instanceof Fault) throw message;
    expect(take(message)).toEqual(expected);
  });
});
