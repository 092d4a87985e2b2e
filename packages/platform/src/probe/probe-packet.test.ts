import { expect, it } from 'vitest';
import { probedPort, probeOctets, probePacket, probeToken } from './probe-packet.ts';

const token = '00112233445566778899aabbccddeeff';
const packet = probePacket(token, 30_002);

it('looks like RTP of version 2', () => {
  expect(packet.length).toBe(probeOctets);
  expect(packet[0]! >> 6).toBe(2);
});

it('has its token wherever it lies', () => {
  expect(probeToken(Buffer.concat([Buffer.alloc(7), packet]), 7)).toBe(token);
});

it('has the port that it was sent to', () => {
  expect(probedPort(packet)).toBe(30_002);
  expect(probedPort(packet.subarray(1))).toBeUndefined();
});
