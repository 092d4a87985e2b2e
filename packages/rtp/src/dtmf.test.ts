import { describe, expect, it } from 'vitest';
import { type DtmfPacket, DtmfReceiver, dtmfDigits, encodeDtmf } from './dtmf.ts';

function hear(packets: readonly (readonly [DtmfPacket, number])[]): string {
  const receiver = new DtmfReceiver();
  return packets.map(([{ payload }, timestamp]) => receiver.receive(payload, 0, 4, timestamp) ?? '').join('');
}

const press = (digit: string, timestamp: number): [DtmfPacket, number][] =>
  encodeDtmf(digit).map((packet) => [packet, timestamp]);

describe('encodeDtmf', () => {
  it('grows by the interval, then says three times that it has ended', () => {
    const packets = encodeDtmf('5', { durationMs: 100 });
    expect(packets.map(({ payload }) => Buffer.from(payload).toString('hex'))).toEqual([
      '050a00a0',
      '050a0140',
      '050a01e0',
      '050a0280',
      '058a0320',
      '058a0320',
      '058a0320',
    ]);
    expect(packets.map(({ at }) => at)).toEqual([0, 20, 40, 60, 80, 100, 120]);
  });

  it('marks the first packet only', () => {
    expect(encodeDtmf('1').map(({ marker }) => marker)).toEqual([true, ...Array(6).fill(false)]);
    expect(encodeDtmf('1', { durationMs: 20 }).map(({ marker }) => marker)).toEqual([true, false, false]);
  });

  it.each(dtmfDigits.split('').map((digit, event) => [digit, event] as const))(
    'has a code for %s: %d',
    (digit, event) => {
      expect(encodeDtmf(digit)[0]!.payload[0]).toBe(event);
    },
  );

  it.each(['', 'E', '12', ' ', 'x'])('has nothing for %j', (digit) => {
    expect(encodeDtmf(digit)).toEqual([]);
  });

  it('takes letters of either case, another clock and volume', () => {
    const last = encodeDtmf('a', { durationMs: 50, clockRate: 48_000, volume: 63 }).at(-1)!;
    expect([...last.payload]).toEqual([12, 0x80 | 63, 0x09, 0x60]);
  });

  it('ends at the longest duration that the field holds', () => {
    const last = encodeDtmf('1', { durationMs: 60_000 }).at(-1)!;
    expect([...last.payload.subarray(2)]).toEqual([0xff, 0xff]);
  });
});

describe('DtmfReceiver', () => {
  it.each([
    ['a digit once', press('7', 1000), '7'],
    ['the same digit twice when it is pressed twice', [...press('7', 1000), ...press('7', 3000)], '77'],
    ['a row of digits', ['1', '2', '#'].flatMap((digit, index) => press(digit, index * 1600)), '12#'],
    ['a digit of which only one packet comes', press('7', 1000).slice(3, 4), '7'],
    ['a digit of which only the end comes', press('7', 1000).slice(-1), '7'],
    ['a digit once when its packets change places', press('7', 1000).reverse(), '7'],
    ['nothing new in a late packet', [...press('7', 1000), ...press('8', 3000), press('7', 1000)[2]!], '78'],
    ['digits when the timestamp wraps', [...press('7', 0xffffff00), ...press('8', 0x500)], '78'],
  ])('hears %s', (_what, packets, digits) => {
    expect(hear(packets)).toBe(digits);
  });

  it('hears one digit that lasts longer than its field', () => {
    const segment = (flags: number, duration: number): DtmfPacket => ({
      payload: new Uint8Array([7, flags, duration >> 8, duration & 255]),
      marker: false,
      at: 0,
    });
    const packets: [DtmfPacket, number][] = [
      [segment(10, 0xff00), 5000],
      [segment(10, 0xffff), 5000],
      [segment(10, 0xff00), 5000 + 0xffff],
      [segment(10, 0xffff), 5000 + 0xffff],
      [segment(0x8a, 160), 5000 + 2 * 0xffff],
    ];
    expect(hear(packets)).toBe('7');
  });

  it.each([
    ['too short', [7, 10, 0]],
    ['an event that is no digit', [16, 10, 0, 160]],
  ])('hears nothing in what is %s', (_what, payload) => {
    expect(new DtmfReceiver().receive(new Uint8Array(payload), 0, payload.length, 1)).toBeUndefined();
  });

  it('reads at an offset', () => {
    expect(new DtmfReceiver().receive(new Uint8Array([99, 99, 3, 10, 0, 160]), 2, 4, 1)).toBe('3');
  });
});
