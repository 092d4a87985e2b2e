import { describe, expect, it } from 'vitest';
import { codecName } from './codec-names.ts';
import { type CodecPolicy, restrictCodecs } from './codec-policy.ts';

const head = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0'];

const audio = [
  'm=audio 4000 RTP/AVP 9 8 0 18 101',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=fmtp:18 annexb=no',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=ptime:20',
  'a=sendrecv',
];

const video = [
  'm=video 4002 RTP/AVPF 96 97 98 99 100',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 nack',
  'a=rtcp-fb:* ccm fir',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:98 H264/90000',
  'a=fmtp:98 profile-level-id=42e01f',
  'a=rtpmap:99 rtx/90000',
  'a=fmtp:99 apt=98',
  'a=rtpmap:100 ulpfec/90000',
];

function text(...lines: string[]): string {
  return [...head, ...lines, ''].join('\r\n');
}

function callee(...names: string[]): CodecPolicy {
  return { caller: [], callee: names };
}

describe('a policy of codecs', () => {
  it('leaves what is on the list, with DTMF, and no line about the others', () => {
    expect(restrictCodecs(text(...audio), callee('PCMU'), { preferredBy: 'callee' })).toBe(
      text('m=audio 4000 RTP/AVP 0 101', ...audio.slice(4)),
    );
  });

  it('offers in the order of who is offered to, and leaves that of an answer', () => {
    const policy = callee('PCMU', 'G722', 'PCMA');
    expect(restrictCodecs(text(...audio), policy, { preferredBy: 'callee' })).toContain(
      'm=audio 4000 RTP/AVP 0 9 8 101\r\n',
    );
    expect(restrictCodecs(text(...audio), policy)).toContain('m=audio 4000 RTP/AVP 9 8 0 101\r\n');
  });

  it('of both parties leaves what both may use', () => {
    const policy = { caller: ['PCMA', 'PCMU'], callee: ['G722', 'PCMU', 'PCMA'] };
    expect(restrictCodecs(text(...audio), policy, { preferredBy: 'callee' })).toContain(
      'm=audio 4000 RTP/AVP 0 8 101\r\n',
    );
  });

  it('knows static payload types without a map, and takes a map for what it says', () => {
    const moved = text('m=audio 4000 RTP/AVP 0 96', 'a=rtpmap:0 X-OTHER/8000', 'a=rtpmap:96 pcmu/8000');
    expect(restrictCodecs(moved, callee('PCMU'))).toBe(
      text('m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 pcmu/8000'),
    );
    expect(restrictCodecs(text('m=audio 4000 RTP/AVP 18 0'), callee('G729'))).toBe(
      text('m=audio 4000 RTP/AVP 18'),
    );
  });

  it('leaves video alone unless it names a codec of video', () => {
    expect(restrictCodecs(text(...audio, ...video), callee('PCMU'))).toContain(
      ['', ...video, ''].join('\r\n'),
    );
    const some = restrictCodecs(text(...audio, ...video), callee('PCMU', 'H264'));
    expect(some.split('m=video')[1]).toBe(
      [
        ' 4002 RTP/AVPF 98 99 100',
        ...['a=rtcp-fb:* ccm fir', 'a=rtpmap:98 H264/90000', 'a=fmtp:98 profile-level-id=42e01f'],
        ...['a=rtpmap:99 rtx/90000', 'a=fmtp:99 apt=98', 'a=rtpmap:100 ulpfec/90000', ''],
      ].join('\r\n'),
    );
  });

  it('puts a stream off of which nothing is left, and looks at each by itself', () => {
    const second = ['m=audio 4004 RTP/AVP 18', 'a=mid:2', 'a=ptime:20'];
    expect(restrictCodecs(text(...audio, ...second), callee('PCMA'), { mayRefuse: true })).toContain(
      'm=audio 0 RTP/AVP 18\r\na=mid:2\r\n',
    );
  });

  it('has nothing to do with fax, text or a stream that is off', () => {
    const others = text('m=image 4000 udptl t38', 'm=text 4002 RTP/AVP 98', 'm=audio 0 RTP/AVP 18');
    expect(restrictCodecs(others, callee('PCMU'), { mayRefuse: true })).toBe(others);
  });

  it.each([
    [
      'nothing in common',
      audio,
      callee('opus'),
      'codec-mismatch',
      'audio offers G722 PCMA PCMU G729, the callee takes opus',
    ],
    [
      'no codec that is known',
      ['m=audio 4000 RTP/AVP 96 101', 'a=rtpmap:101 telephone-event/8000'],
      callee('PCMU'),
      'codec-mismatch',
      'audio offers no known codec, the callee takes PCMU',
    ],
    [
      'lists that exclude each other',
      audio,
      { caller: ['PCMA'], callee: ['PCMU'] },
      'codec-mismatch',
      'audio offers G722 PCMA PCMU G729, the caller takes PCMA, the callee takes PCMU',
    ],
    [
      'another medium',
      audio,
      callee('H264'),
      'media-mismatch',
      'audio offers G722 PCMA PCMU G729, the callee takes H264',
    ],
  ])('refuses an offer with %s, and names all lists', (_, lines, policy, code, detail) => {
    expect(() => restrictCodecs(text(...lines), policy, { mayRefuse: true })).toThrow(
      expect.objectContaining({ kind: expect.objectContaining({ code, status: 488 }), detail }),
    );
    expect(restrictCodecs(text(...lines), policy)).toMatch(/^m=audio 0 RTP\/AVP /m);
  });

  it('takes names in any case', () => {
    expect(['g722', 'OPUS', 'Telephone-Event', 'ulaw'].map(codecName)).toEqual([
      'G722',
      'opus',
      'telephone-event',
      undefined,
    ]);
  });
});
