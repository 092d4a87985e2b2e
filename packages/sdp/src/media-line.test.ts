import { describe, expect, it } from 'vitest';
import { readMediaLine, relayable } from './media-line.ts';

describe('relayable', () => {
  it.each([
    'RTP/AVP',
    'RTP/AVPF',
    'RTP/SAVP',
    'RTP/SAVPF',
    'UDP/TLS/RTP/SAVP',
    'UDP/TLS/RTP/SAVPF',
    'udptl',
    'UDPTL',
    'rtp/avp',
  ])('says yes to %s', (protocol) => {
    expect(relayable(protocol)).toBe(true);
  });

  it.each(['TCP/MSRP', 'TCP/RTP/AVP', 'UDP/DTLS/SCTP', 'TCP/BFCP', '', '__proto__'])(
    'says no to %j',
    (protocol) => {
      expect(relayable(protocol)).toBe(false);
    },
  );
});

it.each(['', '/2', '4000/', '4000/0', '4000/x', '4000/2/2', '65536', '-1', '4000/-1'])(
  'no port, nor ports: %j',
  (ports) => {
    expect(() => readMediaLine(`audio ${ports} RTP/AVP 0`)).toThrow('sdp-malformed');
  },
);
