import { describe, expect, it } from 'vitest';
import { rtcpPacket, rtpPacket, VirtualWorker } from './virtual-worker.ts';

const hostA = '198.51.100.1';
const hostB = '198.51.100.2';

/** The ports of our side of a session with one stream. */
async function ports(
  worker: VirtualWorker,
  callerSources: string[],
  calleeSources: string[],
): Promise<number[]> {
  const { toCaller, toCallee } = await worker.openSession({ callerSources, calleeSources });
  return [toCaller[0]!.port, toCallee[0]!.port];
}

/** A session that has carried packets, then was closed. */
async function usedAndClosed(worker: VirtualWorker): Promise<{ caller: number; callee: number }> {
  const { session, toCaller, toCallee } = await worker.openSession();
  const [caller, callee] = [toCaller[0]!.port, toCallee[0]!.port];
  await worker.describe(session, 'caller', [`${hostA}:4000`]);
  await worker.describe(session, 'callee', [`${hostB}:5000`]);
  worker.receive(`${hostA}:4000`, caller, rtpPacket());
  await worker.engine.close({ session });
  return { caller, callee };
}

describe('the start', () => {
  it('opens the first pairs of the range that nobody else has', async () => {
    const worker = await VirtualWorker.start({ pairs: 6, shared: 3 });
    expect([...worker.open.keys()]).toEqual([20_000, 20_002, 20_004]);
  });

  it('names the range when too few are free', async () => {
    await expect(VirtualWorker.start({ pairs: 3, shared: 4 })).rejects.toThrow(
      'media-ports-taken: 127.0.0.1:20000-20005: 3 of 4 port pairs could be opened',
    );
  });
});

describe('places', () => {
  it('are shared by different hosts', async () => {
    const worker = await VirtualWorker.start({ shared: 1 });
    expect(await ports(worker, [hostA], [hostB])).toEqual([20_000, 20_000]);
  });

  it('are a leg’s own when its host is unknown', async () => {
    const worker = await VirtualWorker.start({ shared: 1 });
    expect(await ports(worker, [hostA], [])).toEqual([20_000, 20_002]);
  });

  it('are a leg’s own when another leg expects the same host everywhere', async () => {
    const worker = await VirtualWorker.start({ shared: 2 });
    expect(await ports(worker, [hostA], [hostA])).toEqual([20_000, 20_002]);
    expect(await ports(worker, [hostA], [hostA])).toEqual([20_004, 20_006]);
  });

  it('are shared by callers of one host that were described with the session', async () => {
    const worker = await VirtualWorker.start({ shared: 1 });
    const opened = [4000, 4002, 4002].map((port) =>
      worker.openSession({
        callerSources: [hostA],
        caller: {
          session: '',
          side: 0,
          streams: [{ host: hostA, port, rtcpPort: 0, silent: false }],
          signallingSource: hostA,
        },
        calleeSources: [],
      }),
    );
    const sessions = await Promise.all(opened);
    expect(sessions.map(({ toCaller }) => toCaller[0]!.port < 20_002)).toEqual([true, true, false]);
  });

  it('are told apart from those that legs share, by how many are in use', async () => {
    const worker = await VirtualWorker.start({ pairs: 6, shared: 2 });
    const occupancy = (): number => worker.engine.snapshot().portOccupancy;
    await ports(worker, [hostA], [hostB]);
    expect(occupancy()).toBe(0);
    await ports(worker, [], []);
    worker.foreign.add(20_008);
    await ports(worker, [hostA], []);
    expect(occupancy()).toBe(1);
  });

  it('are all shared where the range has no more', async () => {
    const worker = await VirtualWorker.start({ pairs: 2, shared: 2 });
    await ports(worker, [hostA], [hostB]);
    expect(worker.engine.snapshot().portOccupancy).toBe(0);
  });

  it('skip ports that somebody else has', async () => {
    const worker = await VirtualWorker.start({ shared: 1 });
    worker.foreign.add(20_002).add(20_004);
    expect(await ports(worker, [], [])).toEqual([20_006, 20_008]);
  });

  it('run out with a fault, and what was taken for it is given back', async () => {
    const worker = await VirtualWorker.start({ pairs: 4, shared: 1 });
    await ports(worker, [], []);
    await expect(ports(worker, [], [])).rejects.toThrow(
      'media-exhausted: 4 port pairs of 127.0.0.1:20000-20007 are in use',
    );
    expect(worker.engine.snapshot()).toMatchObject({ sessions: 1, legs: 2, exhausted: 1 });
    worker.pass(2000);
    expect(await ports(worker, [], [hostA])).toEqual([20_006, 20_000]);
  });

  it('can be found again after they were out for long', async () => {
    const worker = await VirtualWorker.start({ pairs: 1, shared: 1 });
    for (let attempt = 0; attempt < 2000; attempt++) {
      await expect(ports(worker, [], [])).rejects.toThrow('media-exhausted');
    }
    expect(await ports(worker, [hostA], [hostB])).toEqual([20_000, 20_000]);
  });

  it('are not found for more streams than are relayed', async () => {
    const worker = await VirtualWorker.start();
    await expect(worker.openSession({ streams: 33 })).rejects.toThrow(
      'media-command-invalid: 33 streams, 32 are relayed',
    );
  });

  it('grow with the session', async () => {
    const worker = await VirtualWorker.start();
    const { session } = await worker.openSession();
    const grown = await worker.describe(session, 'caller', [`${hostA}:4000`, `${hostA}:4002`]);
    expect(grown.toCaller.length).toBe(2);
    expect(new Set([...grown.toCaller, ...grown.toCallee].map(({ port }) => port)).size).toBeGreaterThan(1);
    const [video] = grown.toCallee.slice(1);
    await worker.describe(session, 'callee', [`${hostB}:5000`, `${hostB}:5002`]);
    expect(worker.receive(`${hostB}:5002`, video!.port, rtpPacket())[0]!.to).toBe(`${hostA}:4002`);
  });

  it('grow once when both sides ask at the same time', async () => {
    const worker = await VirtualWorker.start();
    const { session } = await worker.openSession({ callerSources: [], calleeSources: [] });
    const [one, other] = await Promise.all([
      worker.describe(session, 'caller', [`${hostA}:4000`, `${hostA}:4002`]),
      worker.describe(session, 'callee', [`${hostB}:5000`, `${hostB}:5002`]),
    ]);
    expect(other).toEqual(one);
  });
});

describe('a description that would confuse two legs of a shared port', () => {
  /** Two sessions whose callers share a port; the first is behind a NAT at A. */
  async function sharing(): Promise<{ worker: VirtualWorker; port: number; first: string; second: string }> {
    const worker = await VirtualWorker.start({ shared: 1 });
    const first = await worker.openSession({ callerSources: [hostA], calleeSources: [] });
    const second = await worker.openSession({ callerSources: [hostB], calleeSources: [] });
    const port = first.toCaller[0]!.port;
    expect(second.toCaller[0]!.port).toBe(port);
    await worker.describe(first.session, 'caller', ['10.0.0.1:4000'], hostA);
    for (const { session } of [first, second]) await worker.describe(session, 'callee', ['192.0.2.5:5000']);
    return { worker, port, first: first.session, second: second.session };
  }

  it.each([
    ['the same host', [`${hostA}:4000`], hostA],
    ['behind the same NAT', ['10.0.0.2:4000'], hostA],
  ])('is refused, and changes nothing: %s', async (_what, streams, source) => {
    const { worker, second } = await sharing();
    await expect(worker.describe(second, 'caller', streams, source)).rejects.toThrow(
      'media-source-ambiguous',
    );
    await worker.describe(second, 'caller', [`${hostB}:4000`]);
  });

  it('is refused to a call that is up only when both are at the same port', async () => {
    const { worker, port, first, second } = await sharing();
    worker.receive(`${hostA}:61000`, port, rtpPacket());
    await worker.describe(second, 'caller', [`${hostB}:4000`]);
    await expect(worker.describe(second, 'caller', [`${hostA}:61000`])).rejects.toThrow(
      'media-source-ambiguous',
    );
    await worker.describe(second, 'caller', ['10.0.0.2:4000'], hostA);
    expect(worker.receive(`${hostA}:62000`, port, rtpPacket({ ssrc: 8 })).length).toBe(1);
    const packets = async (session: string): Promise<number> =>
      (await worker.engine.inspect({ session })).fromCaller!.packets;
    expect([await packets(first), await packets(second)]).toEqual([1, 1]);
  });

  it('has neither believed while both wait behind one NAT', async () => {
    const { worker, port, second } = await sharing();
    await worker.describe(second, 'caller', [`${hostB}:4000`]);
    await worker.describe(second, 'caller', ['10.0.0.2:4000'], hostA);
    expect(worker.receive(`${hostA}:61000`, port, rtpPacket())).toEqual([]);
    expect(worker.receive('10.0.0.2:4000', port, rtpPacket()).length).toBe(1);
    expect(worker.receive(`${hostA}:61000`, port, rtpPacket()).length).toBe(1);
  });
});

describe('a leg that has ended', () => {
  it('keeps its own port from the next leg until 30 s of quiet', async () => {
    const worker = await VirtualWorker.start({ shared: 1 });
    const { session, toCallee } = await worker.openSession({ callerSources: [hostA], calleeSources: [] });
    await worker.describe(session, 'callee', [`${hostB}:5000`]);
    await worker.describe(session, 'caller', [`${hostA}:4000`]);
    worker.receive(`${hostB}:5000`, toCallee[0]!.port, rtpPacket());
    await worker.engine.close({ session });
    worker.pass(20_000);
    worker.receive(`${hostB}:5000`, toCallee[0]!.port, rtpPacket());
    worker.pass(29_000);
    expect((await ports(worker, [], [hostB]))[0]).not.toBe(toCallee[0]!.port);
    worker.pass(1000);
    expect((await ports(worker, [], ['192.0.2.9']))[0]).toBe(toCallee[0]!.port);
  });

  it('keeps its host from a shared port, though not from others', async () => {
    const worker = await VirtualWorker.start({ shared: 2 });
    const { caller } = await usedAndClosed(worker);
    const [next] = await ports(worker, [hostA], []);
    expect(next).not.toBe(caller);
    expect(next).toBeLessThan(20_004);
  });

  it('has its late packets dropped, counted, and reaching nobody', async () => {
    const worker = await VirtualWorker.start({ shared: 1 });
    const { caller } = await usedAndClosed(worker);
    const next = await worker.openSession({ callerSources: ['192.0.2.7'], calleeSources: ['192.0.2.8'] });
    await worker.describe(next.session, 'caller', ['10.0.0.1:4000'], '192.0.2.7');
    await worker.describe(next.session, 'callee', ['192.0.2.8:5000']);
    expect(worker.receive(`${hostA}:4000`, caller, rtpPacket())).toEqual([]);
    expect(worker.receive(`${hostA}:4001`, caller + 1, rtcpPacket())).toEqual([]);
    expect(worker.engine.snapshot()).toMatchObject({ silenced: 2, strange: 0 });
  });

  it('is let go after ten minutes, though it goes on sending', async () => {
    const worker = await VirtualWorker.start({ shared: 1 });
    const { caller } = await usedAndClosed(worker);
    for (let second = 0; second < 599; second++) {
      worker.pass(1000);
      worker.receive(`${hostA}:4000`, caller, rtpPacket());
    }
    expect(worker.engine.snapshot().quarantined).toBe(1);
    worker.pass(1000);
    expect(worker.engine.snapshot().quarantined).toBe(0);
  });

  it('is let go after two seconds when nothing ever came', async () => {
    const worker = await VirtualWorker.start();
    const { session } = await worker.openSession();
    await worker.engine.close({ session });
    worker.pass(1000);
    expect(worker.engine.snapshot()).toMatchObject({ quarantined: 2, pairsUsed: 2 });
    worker.pass(1000);
    expect(worker.engine.snapshot()).toMatchObject({ quarantined: 0, pairsUsed: 0 });
  });

  it('is kept for two seconds at least, though it was quiet before it ended', async () => {
    const worker = await VirtualWorker.start();
    const { session, toCaller } = await worker.openSession();
    await worker.describe(session, 'caller', [`${hostA}:4000`]);
    worker.receive(`${hostA}:4000`, toCaller[0]!.port, rtpPacket());
    worker.pass(60_000);
    await worker.engine.close({ session });
    worker.pass(1000);
    expect(worker.engine.snapshot().quarantined).toBe(2);
    worker.pass(1000);
    expect(worker.engine.snapshot().quarantined).toBe(0);
  });

  it('leaves an own port that is closed once nobody has needed it for long', async () => {
    const worker = await VirtualWorker.start({ shared: 1 });
    const { session } = await worker.openSession({ callerSources: [], calleeSources: [] });
    await worker.engine.close({ session });
    expect(worker.open.size).toBe(3);
    worker.pass(602_000);
    expect([...worker.open.keys()]).toEqual([20_000]);
    expect(worker.engine.snapshot().pairsOpen).toBe(1);
  });
});
