import { readMarker, readPayloadType, readSequence, readTimestamp } from '@tandem/rtp';
import { describe, expect, it } from 'vitest';
import { Receiver } from './receiver.ts';
import { Recording } from './recording.ts';
import { Sender } from './sender.ts';
import { tone } from './source.ts';
import { ToneMeter } from './tone-meter.ts';

const sending = { codec: { law: 'pcma', payload: 8 }, event: 101 } as const;
const accepted = new Map([
  [8, 'pcma'],
  [101, 'event'],
] as const);

function start(): { sender: Sender; packets: (frames: number) => Buffer[] } {
  const sender = new Sender(() => 0.25);
  sender.configure(sending);
  let now = 0;
  const packets = (frames: number): Buffer[] =>
    Array.from({ length: frames }, () => {
      now += 20;
      return sender.next(now)!;
    });
  return { sender, packets };
}

describe('a sender', () => {
  it('numbers its packets, 20 ms each', () => {
    const { sender, packets } = start();
    const sent = packets(3);
    const first = sent[0]!;
    expect(sent.map((packet) => readSequence(packet, 0) - readSequence(first, 0))).toEqual([0, 1, 2]);
    expect(sent.map((packet) => readTimestamp(packet, 0) - readTimestamp(first, 0))).toEqual([0, 160, 320]);
    expect(sender).toMatchObject({ packets: 3, octets: 480, timestamp: readTimestamp(sent[2]!, 0) });
  });

  it('marks the first packet after a rest', () => {
    const { sender, packets } = start();
    const [before] = packets(1);
    sender.rest(10);
    const [after, later] = packets(2);
    expect([before, after, later].map((packet) => readMarker(packet!, 0))).toEqual([true, true, false]);
    expect(readTimestamp(after!, 0) - readTimestamp(before!, 0)).toBe(11 * 160);
  });

  it('sends digits in the place of audio, and says when each began', async () => {
    const { sender, packets } = start();
    const sent = sender.digits.push('1#');
    const types = packets(22).map((packet) => readPayloadType(packet, 0));
    expect(types.filter((type) => type === 101).length).toBe(14);
    expect(types.slice(7, 10)).toEqual([8, 8, 8]);
    expect(await sent).toEqual([
      { digit: '1', at: 20 },
      { digit: '#', at: 220 },
    ]);
  });

  it.each(['', '1x', '1 2'])('refuses %j as digits', async (digits) => {
    await expect(new Sender(Math.random).digits.push(digits)).rejects.toThrow('dtmf-unavailable');
  });

  it('lets go of digits when the call ends', async () => {
    const { sender } = start();
    const sent = expect(sender.digits.push('12')).rejects.toThrow('dtmf-unavailable: over');
    sender.digits.clear('over');
    await sent;
  });
});

describe('a receiver', () => {
  it('plays what a sender says, in order and without gaps', () => {
    const { sender, packets } = start();
    sender.source = tone(440);
    const receiver = new Receiver();
    receiver.configure(accepted);
    const meter = new ToneMeter(440);
    receiver.sinks.push(meter);
    const sent = packets(50);
    // Two that have overtaken each other.
    [sent[9], sent[10]] = [sent[10]!, sent[9]!];
    for (const [index, packet] of sent.entries()) {
      receiver.receive(packet, 0, packet.length, index * 20);
      receiver.play();
    }
    expect(meter.share).toBeGreaterThan(0.95);
    expect(receiver).toMatchObject({ packets: 50, octets: 8_000, lost: 0 });
  });

  it('counts what is lost, and puts silence in its place', () => {
    const { packets } = start();
    const receiver = new Receiver();
    receiver.configure(accepted);
    const recording = new Recording();
    receiver.sinks.push(recording);
    for (const [index, packet] of packets(50).entries()) {
      if (index % 10 !== 5) receiver.receive(packet, 0, packet.length, index * 20);
      receiver.play();
    }
    expect(receiver.lost).toBe(5);
    expect(recording.wav.samples.length).toBe(50 * 160);
  });

  it('hears each digit once', () => {
    const { sender, packets } = start();
    void sender.digits.push('12');
    const receiver = new Receiver();
    receiver.configure(accepted);
    const digits = packets(20).map((packet) => receiver.receive(packet, 0, packet.length, 0));
    expect(digits.filter((digit) => digit !== undefined)).toEqual(['1', '2']);
  });

  it('takes longer packets at their own pace', () => {
    const receiver = new Receiver();
    receiver.configure(accepted);
    const recording = new Recording();
    receiver.sinks.push(recording);
    const sender = new Sender(() => 0.25);
    sender.configure(sending);
    for (let index = 0; index < 20; index++) {
      const [head, tail] = [sender.next(0)!, sender.next(0)!];
      const long = Buffer.concat([head, tail.subarray(12)]);
      long.writeUInt16BE(index, 2);
      receiver.receive(long, 0, long.length, index * 40);
      receiver.play();
      receiver.play();
    }
    expect(recording.wav.samples.length).toBeLessThanOrEqual(40 * 160);
    expect(recording.wav.samples.length).toBeGreaterThan(30 * 160);
  });

  it('ignores payload types that were not agreed on, and what is no RTP', () => {
    const { packets } = start();
    const receiver = new Receiver();
    const [packet] = packets(1);
    receiver.receive(packet!, 0, packet!.length, 0);
    receiver.configure(accepted);
    receiver.receive(Buffer.from('hello'), 0, 5, 0);
    expect(receiver.packets).toBe(0);
  });
});
