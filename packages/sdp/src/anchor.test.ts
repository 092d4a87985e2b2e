import { Fault } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { type AnchorEndpoint, anchor } from './anchor.ts';
import { describe as read } from './description.ts';

const relay: AnchorEndpoint = { host: '203.0.113.9', port: 20_000, rtcpPort: 20_001 };
const otherRelay: AnchorEndpoint = { host: '203.0.113.8', port: 20_010, rtcpPort: 20_011 };
const ipv6Relay: AnchorEndpoint = { host: '2001:db8::9', port: 20_020, rtcpPort: 20_021 };

const lines = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => `${line.trim()}\r\n`)
    .join('');

const offer = lines(`
  v=0
  o=alice 2890844526 7 IN IP4 192.0.2.1
  s=caf\xe9
  c=IN IP4 192.0.2.1
  t=0 0
  a=x-unknown:  kept  as is
  m=audio 4000 RTP/AVP 0 8 101
  a=rtpmap:101 telephone-event/8000
  a=sendrecv`);

describe('anchor', () => {
  it('puts the relay’s address into c= and m=, none into o=, and nothing else', () => {
    expect(anchor(offer, [relay])).toBe(
      offer
        .replace('7 IN IP4 192.0.2.1', '7 IN IP4 127.0.0.1')
        .replace('c=IN IP4 192.0.2.1', 'c=IN IP4 203.0.113.9')
        .replace('audio 4000', 'audio 20000'),
    );
  });

  it('writes the same o= whatever the relay', () => {
    const origins = [relay, { ...relay, host: '203.0.113.10' }].map(
      (endpoint) => /^o=.*$/m.exec(anchor(offer, [endpoint]))?.[0],
    );
    expect(origins[0]).toBe(origins[1]);
  });

  it('keeps bare line feeds and a missing end of line', () => {
    const bare = offer.replaceAll('\r\n', '\n').trimEnd();
    expect(anchor(bare, [relay])).toBe(anchor(offer, [relay]).replaceAll('\r\n', '\n').trimEnd());
  });

  it('changes nothing without an endpoint', () => {
    expect(anchor(offer, [])).toBe(offer);
    expect(anchor(offer, [undefined])).toBe(offer);
  });

  it.each([
    [
      'IPv6',
      'm=audio 4000 RTP/AVP 0\nc=IN IP4 192.0.2.1',
      ipv6Relay,
      'm=audio 20020 RTP/AVP 0\nc=IN IP6 2001:db8::9',
    ],
    [
      'an own c=',
      'm=audio 4000 RTP/AVP 0\nc=IN IP4 192.0.2.1',
      relay,
      'm=audio 20000 RTP/AVP 0\nc=IN IP4 203.0.113.9',
    ],
    ['a=rtcp', 'm=audio 4000 RTP/AVP 0\na=rtcp:53020', relay, 'm=audio 20000 RTP/AVP 0\na=rtcp:20001'],
    [
      'a=rtcp with an address',
      'm=audio 4000 RTP/AVP 0\na=rtcp:53020 IN IP4 192.0.2.7',
      relay,
      'm=audio 20000 RTP/AVP 0\na=rtcp:20001 IN IP4 203.0.113.9',
    ],
    [
      'a=rtcp beside multiplexing',
      'm=audio 4000 RTP/AVP 0\na=rtcp:4000\na=rtcp-mux\na=rtcp-rsize',
      relay,
      'm=audio 20000 RTP/AVP 0\na=rtcp-mux\na=rtcp-rsize',
    ],
    [
      'ICE and other ways around the relay',
      'm=audio 4000 RTP/AVP 0\na=candidate:1 1 UDP 1 192.0.2.1 4000 typ host\na=ice-ufrag:x\na=ice-pwd:y\na=ice-options:trickle\na=end-of-candidates\na=remote-candidates:1 192.0.2.1 4000\na=altc:1 IP6 2001:db8::1 4000\na=icecream\na=mid:0',
      relay,
      'm=audio 20000 RTP/AVP 0\na=icecream\na=mid:0',
    ],
    [
      'T.38',
      'm=image 4000 udptl t38\na=T38FaxVersion:0',
      relay,
      'm=image 20000 udptl t38\na=T38FaxVersion:0',
    ],
    [
      'encryption, which stays',
      'm=audio 4000 RTP/SAVP 0\na=crypto:1 A inline:x',
      relay,
      'm=audio 20000 RTP/SAVP 0\na=crypto:1 A inline:x',
    ],
    ['a space at the end', 'm=audio 4000 RTP/AVP 0 ', relay, 'm=audio 20000 RTP/AVP 0 '],
    ['no more than one port', 'm=audio 4000/1 RTP/AVP 0', relay, 'm=audio 20000 RTP/AVP 0'],
  ])('rewrites %s', (_what, before, endpoint, after) => {
    const head = 'v=0\no=- 1 1 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.1\n';
    const anchored = anchor(`${head}${before}\n`, [endpoint]);
    expect(anchored.slice(anchored.indexOf('m='))).toBe(`${after}\n`);
  });

  it('takes ICE out of the session as well', () => {
    const sdp =
      'v=0\na=ice-lite\na=ice-options:trickle\na=group:BUNDLE 0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\n';
    expect(anchor(sdp, [relay])).toBe(
      'v=0\na=group:BUNDLE 0\nc=IN IP4 203.0.113.9\nm=audio 20000 RTP/AVP 0\n',
    );
  });

  it('takes the user name of an o= with spaces for what it is', () => {
    const sdp = 'v=0\no=a b c 1 1 IN IP6 ::1\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\n';
    expect(anchor(sdp, [relay])).toContain('\no=a b c 1 1 IN IP4 127.0.0.1\n');
  });

  it('gives a stream with another relay its own c=, after i=', () => {
    const sdp =
      'v=0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\nm=video 4002 RTP/AVP 31\ni=screen\nb=AS:1\n';
    expect(anchor(sdp, [relay, otherRelay])).toBe(
      'v=0\nc=IN IP4 203.0.113.9\nm=audio 20000 RTP/AVP 0\nm=video 20010 RTP/AVP 31\ni=screen\nc=IN IP4 203.0.113.8\nb=AS:1\n',
    );
  });

  it('leaves a stream without an endpoint where it was, though it had the session’s c=', () => {
    const sdp = 'v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\nm=message 9 TCP/MSRP *';
    expect(anchor(sdp, [relay])).toBe(
      'v=0\r\nc=IN IP4 203.0.113.9\r\nm=audio 20000 RTP/AVP 0\r\nm=message 9 TCP/MSRP *\r\nc=IN IP4 192.0.2.1\r\n',
    );
  });

  it('keeps a stream off that is off', () => {
    const sdp = 'v=0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\nm=video 0 RTP/AVP 31\n';
    expect(anchor(sdp, [relay, otherRelay])).toBe(
      'v=0\nc=IN IP4 203.0.113.9\nm=audio 20000 RTP/AVP 0\nm=video 0 RTP/AVP 31\n',
    );
  });

  it('changes nothing when every stream is off', () => {
    const sdp = 'v=0\no=- 1 1 IN IP4 192.0.2.1\nm=audio 0 RTP/AVP 0\n';
    expect(anchor(sdp, [relay])).toBe(sdp);
  });

  it.each([
    [
      'in the session',
      'c=IN IP4 0.0.0.0\nm=audio 4000 RTP/AVP 0\n',
      'c=IN IP4 0.0.0.0\nm=audio 20000 RTP/AVP 0\n',
    ],
    [
      'in the stream',
      'c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\nc=IN IP4 0.0.0.0\n',
      'c=IN IP4 203.0.113.9\nm=audio 20000 RTP/AVP 0\nc=IN IP4 0.0.0.0\n',
    ],
  ])('keeps hold by c=0.0.0.0 %s', (_what, before, after) => {
    expect(anchor(`v=0\n${before}`, [relay])).toBe(`v=0\n${after}`);
  });

  it('is read back with the relay as its address', () => {
    const [stream] = read(anchor(offer, [ipv6Relay]));
    expect(stream).toMatchObject({
      host: ipv6Relay.host,
      port: ipv6Relay.port,
      rtcpPort: ipv6Relay.rtcpPort,
    });
  });

  it.each([
    ['no c=', 'v=0\nm=audio 4000 RTP/AVP 0\n', 'sdp-malformed'],
    ['an o= that ends early', 'v=0\no=- 1 1\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\n', 'sdp-malformed'],
    ['a c= that is none', 'v=0\nc=192.0.2.1\nm=audio 4000 RTP/AVP 0\n', 'sdp-malformed'],
    ['two c=', 'v=0\nc=IN IP4 192.0.2.1\nc=IN IP4 192.0.2.2\nm=audio 4000 RTP/AVP 0\n', 'sdp-malformed'],
    ['several ports', 'v=0\nc=IN IP4 192.0.2.1\nm=audio 4000/2 RTP/AVP 0\n', 'sdp-unsupported'],
  ])('refuses %s', (_what, sdp, code) => {
    expect(() => anchor(sdp, [relay])).toThrow(code);
  });

  it.each([
    { host: 'relay.example', port: 20_000, rtcpPort: 20_001 },
    { host: '203.0.113.9\r\na=x', port: 20_000, rtcpPort: 20_001 },
    { host: '203.0.113.9', port: 0, rtcpPort: 20_001 },
    { host: '203.0.113.9', port: 20_000, rtcpPort: 65_536 },
    { host: '203.0.113.9', port: Number.NaN, rtcpPort: 1 },
  ])('refuses to write the endpoint %j', (endpoint) => {
    expect(() => anchor(offer, [endpoint])).toThrow('sdp-endpoint-invalid');
  });
});

describe('hostile descriptions', () => {
  const alphabet = 'vomcabiskt=:/ 0129-.\r\n\0\xff*x';
  const seeds = [
    offer,
    anchor(offer, [ipv6Relay]),
    'v=0\nc=IN IP4 0.0.0.0\nm=audio 4000/2 RTP/AVP 0\na=rtcp:1 IN IP4 2.2.2.2\nb=\n',
  ];

  /** A repeatable source of numbers below a bound. */
  function numbers(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }

  function mutated(seed: number): string {
    const next = numbers(seed);
    let sdp = seeds[seed % seeds.length]!;
    for (let edit = 0; edit <= next(6); edit++) {
      const at = next(sdp.length);
      const inserted = alphabet[next(alphabet.length)]!.repeat(next(3));
      sdp = sdp.slice(0, at) + inserted + sdp.slice(at + next(8));
    }
    return sdp;
  }

  it.each([
    ['read', read],
    ['anchored', (sdp: string) => anchor(sdp, [relay, otherRelay])],
  ])('are %s or refused by a fault', (_what, handle) => {
    for (let seed = 1; seed <= 3000; seed++) {
      const sdp = mutated(seed);
      try {
        handle(sdp);
      } catch (error) {
        expect(error, JSON.stringify(sdp)).toBeInstanceOf(Fault);
      }
    }
  });

  it('keep no other address in what is anchored', () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const sdp = mutated(seed);
      try {
        for (const stream of read(anchor(sdp, [relay, relay]))) {
          if (stream.port === 0) continue;
          expect([relay.host, '0.0.0.0', '::'], JSON.stringify(sdp)).toContain(stream.host);
        }
      } catch (error) {
        expect(error, JSON.stringify(sdp)).toBeInstanceOf(Fault);
      }
    }
  });
});
