import { beforeEach, describe, expect, it } from 'vitest';
import { rtcpPacket, rtpPacket, VirtualWorker } from './virtual-worker.ts';

const caller = '198.51.100.1:4000';
const callee = '198.51.100.2:5000';

let worker: VirtualWorker;
let session = '';
let ports = { caller: 0, callee: 0 };

beforeEach(async () => {
  worker = await VirtualWorker.start();
  const opened = await worker.openSession();
  session = opened.session;
  ports = { caller: opened.toCaller[0]!.port, callee: opened.toCallee[0]!.port };
});

async function answered(calleeSays: Parameters<VirtualWorker['describe']>[2] = [callee]): Promise<void> {
  await worker.describe(session, 'caller', [caller]);
  await worker.describe(session, 'callee', calleeSays);
}

/** What is told after so many milliseconds. */
function after(ms: number): unknown[] {
  worker.now += ms;
  return worker.engine.oneWays().map(({ report }) => report?.value);
}

describe('a call', () => {
  it('is nothing to tell of when both sides are heard', async () => {
    await answered();
    worker.receive(caller, ports.caller, rtpPacket());
    worker.receive(callee, ports.callee, rtpPacket());
    expect(after(7_000)).toEqual([]);
    // Nor later, when one of them falls silent.
    expect(after(60_000)).toEqual([]);
  });

  it.each([
    ['callee', () => worker.receive(caller, ports.caller, rtpPacket()), { fromCaller: { packets: 1 } }],
    ['caller', () => worker.receive(callee, ports.callee, rtpPacket()), { fromCallee: { packets: 1 } }],
  ])('is told of when the %s is not heard', async (_who, talk, told) => {
    await answered();
    talk();
    expect(after(5_999)).toEqual([]);
    const expected = { seconds: 6, awaitsCaller: true, awaitsCallee: true, ...told };
    expect(after(1)).toMatchObject([expected]);
  });

  it('is told of when neither is heard, though their RTCP is, and whoever else sends is refused', async () => {
    await answered();
    worker.receive('198.51.100.1:4001', ports.caller + 1, rtcpPacket());
    worker.receive('198.51.100.2:9999', ports.callee, rtpPacket());
    expect(after(6_000)).toMatchObject([
      { fromCaller: { packets: 0 }, fromCallee: { packets: 0, refused: 1 } },
    ]);
  });

  it('is told of again each two seconds, until somebody has taken that for final', async () => {
    await answered();
    expect(after(6_000)).toHaveLength(1);
    expect(after(1_999)).toEqual([]);
    expect(after(1)).toHaveLength(1);
    worker.engine.settled(session);
    expect(after(60_000)).toEqual([]);
  });

  it('is not told of before both have said where they are', async () => {
    await worker.describe(session, 'caller', [caller]);
    expect(after(60_000)).toEqual([]);
  });

  it.each([
    ['is on hold', [{ host: '198.51.100.2', port: 5000, silent: true }]],
    ['has turned the stream off', [{ host: '', silent: true }]],
  ])('is not told of when who is not heard %s', async (_what, says) => {
    await answered(says);
    worker.receive(caller, ports.caller, rtpPacket());
    expect(after(60_000)).toEqual([]);
  });

  it('is forgotten when it ends', async () => {
    await answered();
    await worker.engine.close({ session });
    expect(after(60_000)).toEqual([]);
  });
});
