import { readRtcp } from '@tandem/rtp';
import { describe, expect, it } from 'vitest';
import { Receiver } from './receiver.ts';
import { Reporter } from './reporter.ts';
import { Sender } from './sender.ts';

const begin = Date.UTC(2026, 10, 21, 10, 0, 0);

/** One side of a call. */
function side(random: number): { sender: Sender; receiver: Receiver; reporter: Reporter } {
  const sender = new Sender(() => random);
  sender.configure({ codec: { law: 'pcma', payload: 8 }, event: undefined });
  const receiver = new Receiver();
  receiver.configure(new Map([[8, 'pcma']]));
  return { sender, receiver, reporter: new Reporter({ sender, receiver }, 'phone', () => 0.5, begin) };
}

function read(packet: Buffer | undefined): ReturnType<typeof readRtcp> {
  return packet && readRtcp(packet, 0, packet.length);
}

describe('a reporter', () => {
  it('reports half an interval after the start, and then at intervals', () => {
    const { reporter } = side(0.1);
    const due = [0, 2_400, 2_500, 2_600, 7_400, 7_500].filter((ms) => reporter.next(begin + ms));
    expect(due).toEqual([2_500, 7_500]);
  });

  it('says what it has sent and heard', () => {
    const [a, b] = [side(0.1), side(0.2)];
    for (let index = 0; index < 100; index++) {
      const packet = a.sender.next(0)!;
      if (index % 4 !== 3) b.receiver.receive(packet, 0, packet.length, index * 20);
      b.sender.next(0);
    }
    const [report, description] = read(b.reporter.next(begin + 2_500))!;
    expect(report).toMatchObject({
      kind: 'sender-report',
      ssrc: b.sender.ssrc,
      packets: 100,
      octets: 16_000,
      timestamp: b.sender.timestamp,
      reports: [{ ssrc: a.sender.ssrc, lost: 24, jitter: 0, lastReport: 0 }],
    });
    expect(description).toMatchObject({ kind: 'other', type: 202, ssrc: b.sender.ssrc });
  });

  it('is a receiver only as long as it sends nothing', () => {
    const { reporter, sender } = side(0.1);
    expect(read(reporter.next(begin + 2_500))![0]).toEqual({
      kind: 'receiver-report',
      ssrc: sender.ssrc,
      reports: [],
    });
  });

  it('measures the way to the peer and back', () => {
    const [a, b] = [side(0.1), side(0.2)];
    const packet = a.sender.next(0)!;
    b.receiver.receive(packet, 0, packet.length, 0);
    const first = a.reporter.next(begin + 2_500)!;
    b.reporter.receive(first, 0, first.length, begin + 2_530);
    const second = b.reporter.next(begin + 3_000)!;
    a.reporter.receive(second, 0, second.length, begin + 3_040);
    expect(a.reporter.roundTripMs).toBeCloseTo(70, 0);
    expect(a.reporter.report).toMatchObject({ ssrc: a.sender.ssrc });
  });

  it('says goodbye', () => {
    const { reporter, sender } = side(0.1);
    expect(read(reporter.last(begin))!.at(-1)).toEqual({ kind: 'bye', sources: [sender.ssrc] });
  });

  it('ignores what is no report', () => {
    const { reporter } = side(0.1);
    reporter.receive(Buffer.from('hello'), 0, 5, begin);
    expect(reporter.report).toBeUndefined();
  });
});
