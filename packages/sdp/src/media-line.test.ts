import { describe, expect, it } from 'vitest';
import { relayable } from './media-line.ts';

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
