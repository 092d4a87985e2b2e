import { describe, expect, it } from 'vitest';
import { describe as read } from './description.ts';

const head = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n';
const sdp = (...lines: string[]): string => head + lines.map((line) => `${line}\r\n`).join('');
const audio = (...lines: string[]): ReturnType<typeof read>[number] =>
  read(sdp('m=audio 4000 RTP/AVP 0 8 101', ...lines))[0]!;

describe('describe', () => {
  it('reads all of a stream', () => {
    const lines = ['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-16', 'a=ptime:20', 'a=sendrecv'];
    expect(audio('a=rtpmap:0 PCMU/8000', ...lines)).toEqual({
      index: 0,
      kind: 'audio',
      port: 4000,
      portCount: 1,
      protocol: 'RTP/AVP',
      formats: ['0', '8', '101'],
      host: '192.0.2.1',
      rtcpPort: 4001,
      rtcpMux: false,
      direction: 'sendrecv',
      codecs: [
        { payload: 0, name: 'PCMU', clockRate: 8000, channels: 1 },
        { payload: 8, name: 'PCMA', clockRate: 8000, channels: 1 },
        { payload: 101, name: 'telephone-event', clockRate: 8000, channels: 1, parameters: '0-16' },
      ],
      ptime: 20,
    });
  });

  it('numbers streams by their m= lines', () => {
    const streams = read(sdp('m=audio 4000 RTP/AVP 0', 'm=image 5000 udptl t38', 'm=video 0 RTP/AVP 31'));
    expect(streams.map(({ index, kind, port }) => [index, kind, port])).toEqual([
      [0, 'audio', 4000],
      [1, 'image', 5000],
      [2, 'video', 0],
    ]);
  });

  it.each([
    ['its own c= before the session’s', ['c=IN IP4 198.51.100.7'], '198.51.100.7'],
    ['IPv6', ['c=IN IP6 2001:db8::1'], '2001:db8::1'],
    ['a space at the end', ['c=IN IP4 198.51.100.7 '], '198.51.100.7'],
  ])('takes the address from %s', (_what, lines, host) => {
    expect(audio(...lines).host).toBe(host);
  });

  it.each([
    ['the port after the first', [], 4001, false],
    ['what a=rtcp says', ['a=rtcp:5555'], 5555, false],
    ['what a=rtcp says, with an address', ['a=rtcp:5555 IN IP4 198.51.100.7'], 5555, false],
    ['none when a=rtcp says nonsense', ['a=rtcp:99999999999999'], 0, false],
    ['what a=rtcp says beside multiplexing', ['a=rtcp:9', 'a=rtcp-mux'], 9, true],
  ])('takes the RTCP port from %s', (_what, lines, rtcpPort, rtcpMux) => {
    expect(audio(...lines)).toMatchObject({ rtcpPort, rtcpMux });
  });

  it('has no RTCP port for a stream that is off, nor beyond the last port', () => {
    const [off, last] = read(sdp('m=audio 0 RTP/AVP 0', 'm=audio 65535 RTP/AVP 0'));
    expect([off!.rtcpPort, last!.rtcpPort]).toEqual([0, 0]);
  });

  it.each([
    ['sendrecv when nothing is said', '', [], 'sendrecv'],
    ['the session’s', 'a=sendonly\r\n', [], 'sendonly'],
    ['its own before the session’s', 'a=sendonly\r\n', ['a=inactive'], 'inactive'],
    ['recvonly', '', ['a=recvonly'], 'recvonly'],
    ['sendonly with c=0.0.0.0', '', ['c=IN IP4 0.0.0.0'], 'sendonly'],
    ['sendonly with c=::', '', ['c=IN IP6 ::'], 'sendonly'],
    ['inactive with recvonly and c=0.0.0.0', '', ['c=IN IP4 0.0.0.0', 'a=recvonly'], 'inactive'],
    ['what a longer name does not change', '', ['a=sendonly-please'], 'sendrecv'],
  ])('has direction %s', (_what, session, lines, direction) => {
    const text = lines.map((line) => `${line}\r\n`).join('');
    expect(read(`${head}${session}m=audio 4000 RTP/AVP 0\r\n${text}`)[0]!.direction).toBe(direction);
  });

  it.each([
    [
      'channels',
      ['a=rtpmap:101 opus/48000/2'],
      { payload: 101, name: 'opus', clockRate: 48_000, channels: 2 },
    ],
    [
      'a static type that is mapped anew',
      ['a=rtpmap:0 L16/44100'],
      { payload: 0, name: 'L16', clockRate: 44_100, channels: 1 },
    ],
    [
      'parameters of a static type',
      ['a=fmtp:8 x=1'],
      { payload: 8, name: 'PCMA', clockRate: 8000, channels: 1, parameters: 'x=1' },
    ],
  ])('reads codecs with %s', (_what, lines, codec) => {
    expect(audio(...lines).codecs).toContainEqual(codec);
  });

  it.each([
    ['a dynamic type without a map', 'm=audio 4000 RTP/AVP 96', []],
    ['a map without a rate', 'm=audio 4000 RTP/AVP 96', ['a=rtpmap:96 opus']],
    ['a map of another type', 'm=audio 4000 RTP/AVP 96', ['a=rtpmap:97 opus/48000']],
    ['formats that are no types', 'm=audio 4000 RTP/AVP x 1e1 -1 128 99999999999', []],
    ['a map of something above 127', 'm=audio 4000 RTP/AVP 128', ['a=rtpmap:128 opus/48000']],
  ])('has no codec for %s', (_what, line, lines) => {
    expect(read(sdp(line, ...lines))[0]!.codecs).toEqual([]);
  });

  it.each([
    ['audio', 4000, 2, 'm=audio 4000/2 RTP/AVP 0'],
    ['audio', 4000, 1, 'm=audio 4000 RTP/AVP 0 '],
    ['audio', 0, 1, 'm=audio 0 RTP/AVP'],
    ['message', 9, 1, 'm=message 9 TCP/MSRP *'],
  ])('takes %s %d/%d from %s', (kind, port, portCount, line) => {
    expect(read(sdp(line))[0]).toMatchObject({ kind, port, portCount });
  });

  it('needs no address for a stream that is off, or not relayed', () => {
    const streams = read('v=0\r\nm=audio 0 RTP/AVP 0\r\nm=message 9 TCP/MSRP *\r\n');
    expect(streams.map(({ host }) => host)).toEqual(['', '']);
  });

  it.each([
    ['no c= at all', 'v=0\r\nm=audio 4000 RTP/AVP 0\r\n', 'sdp-malformed: no c= for m=audio 4000'],
    [
      'a c= of another network',
      sdp('m=audio 4000 RTP/AVP 0', 'c=ATM NSAP 47'),
      'sdp-malformed: c=ATM NSAP 47',
    ],
    ['a c= of nothing', sdp('m=audio 4000 RTP/AVP 0', 'c='), 'sdp-malformed: c='],
    [
      'two c=',
      sdp('m=audio 4000 RTP/AVP 0', 'c=IN IP4 1.1.1.1', 'c=IN IP4 2.2.2.2'),
      'sdp-malformed: two c= lines: IN IP4 1.1.1.1, IN IP4 2.2.2.2',
    ],
    [
      'a name in c=',
      sdp('m=audio 4000 RTP/AVP 0', 'c=IN IP4 example.com'),
      'sdp-unsupported: c=IN IP4 example.com',
    ],
    [
      'multicast',
      sdp('m=audio 4000 RTP/AVP 0', 'c=IN IP4 224.2.1.1/127'),
      'sdp-unsupported: c=IN IP4 224.2.1.1/127',
    ],
    ['a port that is too high', sdp('m=audio 65536 RTP/AVP 0'), 'sdp-malformed: m=audio 65536 RTP/AVP 0'],
    [
      'a port that is huge',
      sdp(`m=audio ${'9'.repeat(400)} RTP/AVP 0`),
      `sdp-malformed: m=audio ${'9'.repeat(72)}`,
    ],
    ['a port that is no number', sdp('m=audio -1 RTP/AVP 0'), 'sdp-malformed: m=audio -1 RTP/AVP 0'],
    ['no protocol', sdp('m=audio 4000'), 'sdp-malformed: m=audio 4000'],
    ['nothing in m=', sdp('m='), 'sdp-malformed: m='],
    ['two spaces in m=', sdp('m=audio 4000  RTP/AVP 0'), 'sdp-malformed: m=audio 4000  RTP/AVP 0'],
  ])('refuses %s', (_what, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it.each([
    'b=',
    'b=AS',
    'b=AS:99999999999999999999999999',
    'a=__proto__:1',
    'a=constructor',
    'a=rtpmap:__proto__ x/8000',
    'a=rtpmap:0 __proto__/8000',
    'a=fmtp:__proto__ constructor=1',
    'a=rtpmap:',
    'a=rtpmap:0',
    'a=fmtp:0',
    'a=ptime:',
    'a=ptime:99999999999999999999',
    'a=ptime:-1',
    'a=rtcp:',
    'a=rtcp:x IN',
    't=',
    'o=',
    'k=prompt',
    'a=rtcp-mux:no',
  ])('is not disturbed by %s', (line) => {
    expect(audio(line)).toMatchObject({ kind: 'audio', port: 4000, host: '192.0.2.1' });
  });
});
