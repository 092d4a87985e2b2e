import { describe, expect, it } from 'vitest';
import { encodeDtmf } from './dtmf.ts';
import { readMarker, readPayloadType, readSequence, readSsrc, readTimestamp } from './packet.ts';
import { frames, Packetiser } from './packetiser.ts';

const stream = { payloadType: 8, ssrc: 0xdecafbad, sequence: 65_535, timestamp: 0xffffffff, step: 160 };
const fields = (packet: Buffer): unknown[] => [
  readPayloadType(packet, 0),
  readMarker(packet, 0),
  readSequence(packet, 0),
  readTimestamp(packet, 0),
];

describe('Packetiser', () => {
  it('counts packets and time, both around their ends', () => {
    const packetiser = new Packetiser(stream);
    const packets = [1, 2, 3].map((byte) => packetiser.media(Uint8Array.of(byte)));
    expect(packets.map(fields)).toEqual([
      [8, true, 65_535, 0xffffffff],
      [8, false, 0, 159],
      [8, false, 1, 319],
    ]);
    expect(packets.map((packet) => packet[12])).toEqual([1, 2, 3]);
    expect(readSsrc(packets[2]!, 0)).toBe(0xdecafbad);
  });

  it('marks the packet after silence, and lets its time pass', () => {
    const packetiser = new Packetiser({ ...stream, sequence: 1, timestamp: 0 });
    packetiser.media(new Uint8Array(160));
    packetiser.silence(10);
    expect(fields(packetiser.media(new Uint8Array(160)))).toEqual([8, true, 2, 11 * 160]);
  });

  it('sends an event with the time that it began at, in the place of media', () => {
    const packetiser = new Packetiser({ ...stream, sequence: 1, timestamp: 1000 });
    packetiser.media(new Uint8Array(160));
    const packets = encodeDtmf('1', { durationMs: 40 }).map((packet) => packetiser.event(101, packet));
    expect(packets.map(fields)).toEqual([
      [101, true, 2, 1160],
      [101, false, 3, 1160],
      [101, false, 4, 1160],
      [101, false, 5, 1160],
    ]);
    expect(fields(packetiser.media(new Uint8Array(160)))).toEqual([8, false, 6, 1160 + 4 * 160]);
  });
});

describe('frames', () => {
  it('cuts audio and fills the last up', () => {
    expect(frames(Uint8Array.of(1, 2, 3, 4, 5), 2, 0xd5)).toEqual([
      Uint8Array.of(1, 2),
      Uint8Array.of(3, 4),
      Uint8Array.of(5, 0xd5),
    ]);
  });

  it('makes none of nothing', () => {
    expect(frames(new Uint8Array(0), 160, 0)).toEqual([]);
  });
});
