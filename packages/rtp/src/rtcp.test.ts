import { describe, expect, it } from 'vitest';
import { readRtcp, readRtcpSsrc } from './rtcp.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

const receiverReport = '81c90007 00000001 00000002 40fffffe 0001000a 00000010 11223344 00010000';
const senderReport = '80c80006 0000000a e0000000 80000000 00000140 00000002 00000140';
const description = '81ca0003 0000000a 01046e616d650000';
const bye = '82cb0002 0000000a 0000000b';

const block = {
  ssrc: 2,
  fractionLost: 64,
  lost: -2,
  highestSequence: 65_546,
  jitter: 16,
  lastReport: 0x11223344,
  delay: 65_536,
};

describe('readRtcp', () => {
  it.each([
    [
      'a sender report',
      senderReport,
      [
        {
          kind: 'sender-report',
          ssrc: 10,
          ntpSeconds: 0xe0000000,
          ntpFraction: 0x80000000,
          timestamp: 320,
          packets: 2,
          octets: 320,
          reports: [],
        },
      ],
    ],
    ['a receiver report', receiverReport, [{ kind: 'receiver-report', ssrc: 1, reports: [block] }]],
    ['an empty receiver report', '80c90001 00000001', [{ kind: 'receiver-report', ssrc: 1, reports: [] }]],
    ['a goodbye', bye, [{ kind: 'bye', sources: [10, 11] }]],
    ['a goodbye of nobody', '80cb0000', [{ kind: 'bye', sources: [] }]],
    ['a description as other', description, [{ kind: 'other', type: 202, ssrc: 10 }]],
  ])('reads %s', (_what, hex, expected) => {
    expect(readRtcp(bytes(hex), 0, bytes(hex).length)).toEqual(expected);
  });

  it('walks a compound that lies within a slab', () => {
    const compound = bytes(senderReport + description + bye);
    const slab = Buffer.concat([Buffer.alloc(9, 0xff), compound, Buffer.alloc(9, 0xff)]);
    const kinds = readRtcp(slab, 9, compound.length)?.map((packet) => packet.kind);
    expect(kinds).toEqual(['sender-report', 'other', 'bye']);
    expect(readRtcpSsrc(slab, 9)).toBe(10);
  });

  it.each([
    ['nothing', ''],
    ['three bytes', '80c900'],
    ['version 1', '40c90001 00000001'],
    ['a length beyond the datagram', '80c90002 00000001'],
    ['a report without a source', '80c90000'],
    [
      'fewer blocks than it counts',
      '82c90007 00000001 00000002 40fffffe 0001000a 00000010 11223344 00010000',
    ],
    ['a sender report without its sender', '80c80001 0000000a'],
    ['a goodbye of more than it names', '83cb0002 0000000a 0000000b'],
    ['a good packet before a bad one', `${bye} 40c90001 00000001`],
    ['a good packet before a rest', `${bye} 80`],
  ])('refuses %s', (_what, hex) => {
    expect(readRtcp(bytes(hex), 0, bytes(hex).length)).toBeUndefined();
  });
});
