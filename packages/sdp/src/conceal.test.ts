import { describe, expect, it } from 'vitest';
import { conceal } from './conceal.ts';

function lines(...all: string[]): string {
  return `${all.join('\r\n')}\r\n`;
}

describe('conceal', () => {
  it('leaves the addresses of a relay, and nothing about the sender', () => {
    const sdp = lines(
      'v=0',
      'o=alice laptop-7.lan 1 2 IN IP4 127.0.0.1',
      's=-',
      'i=On the phone of Alice',
      'e=alice@10.0.0.5',
      'c=IN IP4 192.0.2.1',
      't=0 0',
      'm=audio 20000 RTP/AVP 0',
      'a=ssrc:1 cname:alice@10.0.0.5',
      'a=rtpmap:0 PCMU/8000',
    );
    expect(conceal(sdp)).toBe(
      lines(
        'v=0',
        'o=- 1 2 IN IP4 127.0.0.1',
        's=-',
        'c=IN IP4 192.0.2.1',
        't=0 0',
        'm=audio 20000 RTP/AVP 0',
        'a=rtpmap:0 PCMU/8000',
      ),
    );
  });

  it.each(['m=video 0 RTP/AVP 31', 'm=message 2855 TCP/MSRP *'])(
    'leaves no address of a stream %s',
    (line) => {
      const sdp = lines(
        'v=0',
        'o=- 1 2 IN IP4 10.0.0.5',
        's=-',
        't=0 0',
        line,
        'c=IN IP4 10.0.0.5',
        'a=path:msrp://10.0.0.5:1/x',
        'a=mid:1',
      );
      expect(conceal(sdp)).toBe(
        lines('v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', line, 'c=IN IP4 0.0.0.0', 'a=mid:1'),
      );
    },
  );

  it('leaves no address of a session without a stream that is on', () => {
    const sdp = lines(
      'v=0',
      'o=- 1 2 IN IP4 10.0.0.5',
      's=-',
      'c=IN IP4 10.0.0.5',
      't=0 0',
      'm=audio 0 RTP/AVP 0',
    );
    expect(conceal(sdp)).not.toContain('10.0.0.5');
  });
});
