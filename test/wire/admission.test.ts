import { expect } from 'vitest';
import { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { it } from './fixture.ts';
import { logged } from './log.ts';
import { statusOf } from './reply.ts';
import { fresh, type Headers } from './request.ts';

const describe = needs('namespace');

const registrar = `sip:${domain}`;
const methods = [
  ...['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'REGISTER', 'INFO', 'UPDATE', 'PRACK'],
  ...['REFER', 'NOTIFY', 'SUBSCRIBE', 'PUBLISH', 'MESSAGE'],
];

/** What a request has that is wrong, the headers that make it so, and what the reason phrase says. */
type Flaw = readonly [name: string, headers: Headers, reason: string];

const flaws: readonly Flaw[] = [
  ['no From', { From: undefined }, 'From is missing'],
  ['a From without an end', { From: '"Alice <sip:1001@acme.example>;tag=1' }, 'From: "Alice'],
  ['a From that is no URI', { From: '<1001>;tag=1' }, 'From: <1001>'],
  ['an empty tag', { From: '<sip:1001@acme.example>;tag=' }, 'From: <sip:1001@acme.example>;tag='],
  ['no To', { To: undefined }, 'To is missing'],
  ['a To without an end', { To: '<sip:1002@acme.example' }, 'To: <sip:1002'],
  ['two To', { To: ['<sip:1@acme.example>', '<sip:2@acme.example>'] }, 'To stands more than once'],
  ['no CSeq', { CSeq: undefined }, 'CSeq is missing'],
  ['a CSeq of another method', { CSeq: '1 INVITE' }, 'CSeq: method INVITE in a OPTIONS'],
  ['a CSeq over 32 bits', { CSeq: '4294967296 OPTIONS' }, 'CSeq: 4294967296'],
  ['no Call-ID', { 'Call-ID': undefined }, 'Call-ID is missing'],
  ['a Call-ID in two words', { 'Call-ID': 'a b' }, 'Call-ID: a b'],
  ['two Call-IDs', { 'Call-ID': ['a', 'b'] }, 'Call-ID stands more than once'],
  ['two Content-Lengths', { 'Content-Length': ['0', '0'] }, 'Content-Length stands more than once'],
  ['a negative Content-Length', { 'Content-Length': '-1' }, 'Content-Length: -1'],
  ['less body than promised', { 'Content-Length': '10' }, 'Content-Length 10, the body has 0'],
  ['a Max-Forwards over 255', { 'Max-Forwards': '256' }, 'Max-Forwards: 256'],
  ['a Max-Forwards in words', { 'Max-Forwards': 'many' }, 'Max-Forwards: many'],
  ['two Max-Forwards', { 'Max-Forwards': ['70', '71'] }, 'Max-Forwards stands more than once'],
  ['a broken Contact', { Contact: '<sip:' }, 'Contact: '],
  ['a broken name', { 'Sub ject': 'x' }, 'has no name with a colon'],
  ['a line of 9,000 octets', { Subject: 'x'.repeat(9_000) }, 'octets'],
  ['300 header lines', { Subject: Array.from({ length: 300 }, () => 'x') }, 'is one too many'],
];

describe('a request that is malformed', () => {
  it.for(flaws)('meets 400 that tells of %s', async ([, headers, reason], { phone }) => {
    const alice = await phone();
    const refusal = await alice.ask(alice.request('OPTIONS', registrar, headers));
    expect(refusal.start).toContain('SIP/2.0 400 Bad Request - ');
    expect(refusal.start).toContain(reason);
  });

  it.for([
    [
      'a broken Via below the top',
      (via: string) => [via, 'SIP/2.0/UDP ;branch=z9hG4bK'],
      'Via: SIP/2.0/UDP ;',
    ],
    [
      '200 Vias',
      (via: string) => [via, ...Array.from({ length: 200 }, () => via)],
      'Via: more than 128 values',
    ],
  ] as const)('meets 400 that tells of %s', async ([, vias, reason], { phone }) => {
    const alice = await phone();
    const request = alice.request('OPTIONS', registrar);
    const refusal = await alice.ask(
      alice.request('OPTIONS', registrar, { Via: vias(request.header('Via')) }),
    );
    expect(refusal.start).toContain(`SIP/2.0 400 Bad Request - ${reason}`);
  });

  it.for(['sip:', 'sip:a b@acme.example', '<sip:acme.example>', 'sip:acme.example?Subject=x', '1001'])(
    'meets 400 that tells of the Request-URI %s',
    async (uri, { phone }) => {
      const alice = await phone();
      const refusal = await alice.ask(alice.request('OPTIONS', uri, { To: `<${registrar}>` }));
      expect(refusal.start).toBe(`SIP/2.0 400 Bad Request - Request-URI ${uri}`);
    },
  );

  it('meets 505 when it speaks another version', async ({ phone }) => {
    const alice = await phone();
    const { text } = alice.request('OPTIONS', registrar);
    const refusal = await alice.ask(new Message(text.replace(' SIP/2.0\r\n', ' SIP/3.0\r\n')));
    expect(refusal.start).toBe('SIP/2.0 505 Version Not Supported');
  });

  it('is answered to where its Via says, with what was seen of its sender', async ({ phone }) => {
    const [alice, other] = [await phone(), await phone()];
    const headers = { 'Max-Forwards': 'many' };
    const seen = await alice.ask(alice.request('OPTIONS', registrar, headers));
    const [address, port] = alice.wire.local.split(':');
    expect(seen.header('Via')).toMatch(new RegExp(`;received=${address};rport=${port}$`));
    const elsewhere = `SIP/2.0/UDP ${other.wire.local};branch=z9hG4bK${fresh()}`;
    const request = alice.request('OPTIONS', registrar, { ...headers, Via: elsewhere });
    alice.send(request);
    expect(statusOf(await other.final(request))).toBe(400);
    await alice.wire.silent();
  });
});

describe('silence', () => {
  it.for([
    ['garbage', 'hello\r\n\r\n'],
    ['HTTP', 'GET / HTTP/1.1\r\nHost: acme.example\r\n\r\n'],
    ['nothing but a start line', 'OPTIONS sip:acme.example SIP/2.0'],
    ['octets', '\x00\xff\xfe\r\n\x01'],
  ] as const)('is what %s gets', async ([, octets], { phone }) => {
    const { wire } = await phone();
    wire.send(octets);
    await wire.silent();
  });

  it.for([
    ['an ACK without From', 'ACK', { From: undefined }],
    ['an ACK of nothing', 'ACK', {}],
    ['an ACK of an unknown dialog', 'ACK', { To: `<${registrar}>;tag=1` }],
    ['a request without Via', 'OPTIONS', { Via: undefined }],
    ['a request with a broken Via', 'OPTIONS', { Via: 'SIP/2.0/UDP' }],
  ] as const)('is what %s gets', async ([, method, headers], { phone }) => {
    const alice = await phone();
    alice.send(alice.request(method, registrar, headers));
    await alice.wire.silent();
  });

  it.for(['100 Trying', '200 OK', '999 Nothing'])(
    'is what a response of nothing gets: %s',
    async (status, { phone }) => {
      const alice = await phone();
      const { text } = alice.request('INVITE', registrar);
      alice.wire.send(text.replace(/^.*\r\n/, `SIP/2.0 ${status}\r\n`));
      await alice.wire.silent();
    },
  );
});

describe('a request that begins something', () => {
  it('meets 501 and the methods that are known when its own is not', async ({ phone }) => {
    const alice = await phone();
    const refusal = await alice.ask(alice.request('JUMP', registrar));
    expect(statusOf(refusal)).toBe(501);
    expect(refusal.header('Allow').split(', ')).toEqual(methods);
  });

  it.for(['REFER', 'INFO', 'UPDATE', 'PRACK', 'BYE'])(
    'meets 405 when it is a %s',
    async (method, { phone }) => {
      const alice = await phone();
      const refusal = await alice.ask(alice.request(method, registrar));
      expect(statusOf(refusal)).toBe(405);
      expect(refusal.header('Allow').split(', ')).toEqual(methods);
    },
  );

  it.for([
    ['OPTIONS', 'Require', 'foo, path, bar', 'foo, bar'],
    ['REGISTER', 'Require', 'foo', 'foo'],
    ['INVITE', 'Proxy-Require', 'foo', 'foo'],
  ] as const)(
    'meets 420 when it is a %s with an unknown %s',
    async ([method, name, tags, unknown], { phone }) => {
      const alice = await phone();
      const refusal = await alice.ask(alice.request(method, registrar, { [name]: tags }));
      expect(refusal.start).toBe('SIP/2.0 420 Bad Extension');
      expect(refusal.header('Unsupported')).toBe(unknown);
    },
  );

  it.for(['OPTIONS', 'REGISTER', 'INVITE'])(
    'meets 416 when it is a %s to an unknown scheme',
    async (method, { phone }) => {
      const alice = await phone();
      const refusal = await alice.ask(
        alice.request(method, 'mailto:alice@acme.example', { To: `<${alice.uri}>` }),
      );
      expect(refusal.start).toBe('SIP/2.0 416 Unsupported URI Scheme');
    },
  );

  it('meets 483 when it is to be forwarded and may not', async ({ phone }) => {
    const alice = await phone();
    const refusal = await alice.ask(alice.offer(alice.uri, { 'Max-Forwards': '0' }));
    expect(refusal.start).toBe('SIP/2.0 483 Too Many Hops');
  });
});

describe('a request within a dialog that nobody knows', () => {
  it.for(['BYE', 'INFO', 'UPDATE', 'OPTIONS', 'INVITE', 'REFER', 'JUMP'])(
    'meets 481 when it is a %s, and the log names the dialog',
    async (method, { live: { tandem }, phone }) => {
      const alice = await phone();
      const tag = fresh();
      const request = alice.request(method, alice.uri, { To: `<${alice.uri}>;tag=${tag}` });
      const refusal = await alice.ask(request);
      expect(refusal.start).toBe('SIP/2.0 481 Call/Transaction Does Not Exist');
      const { msg } = await logged(tandem, request, ({ fault }) => fault === 'dialog-unknown');
      expect(msg).toContain(request.header('Call-ID'));
      expect(msg).toContain(tag);
    },
  );

  it('meets 481 when it is a CANCEL of nothing', async ({ phone }) => {
    const alice = await phone();
    const refusal = await alice.ask(alice.cancel(alice.offer(alice.uri)));
    expect(refusal.start).toBe('SIP/2.0 481 Call/Transaction Does Not Exist');
  });
});
