import { setImmediate as nextTurn } from 'node:timers/promises';
import { media } from '@tandem/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { rtpPacket, VirtualWorker } from './virtual-worker.ts';

const hostA = '198.51.100.1';
const hostB = '198.51.100.2';

let worker: VirtualWorker;
let session = '';
let port = 0;

/** What is reported while so many milliseconds pass: the times, counted from now. */
function reports(ms: number): number[] {
  const began = worker.now;
  const times: number[] = [];
  for (let second = 0; second < ms / 1000; second++) {
    if (worker.pass(1000).length > 0) times.push(worker.now - began);
  }
  return times;
}

const talk = (sequence = 1): unknown => worker.receive(`${hostA}:4000`, port, rtpPacket({ sequence }));
const sessions = (): number => worker.engine.snapshot().sessions;

beforeEach(async () => {
  worker = await VirtualWorker.start();
  const opened = await worker.openSession({ inactivity: 20 });
  session = opened.session;
  port = opened.toCaller[0]!.port;
  await worker.describe(session, 'caller', [`${hostA}:4000`]);
  await worker.describe(session, 'callee', [`${hostB}:5000`]);
});

describe('a session between families', () => {
  it('tells each side the address of its own, by where it signals from and then by what it says', async () => {
    worker = await VirtualWorker.start({ advertise: ['203.0.113.9', '2001:db8::9'] });
    const hosts = ({ toCallee, toCaller }: media.Session): (string | undefined)[] => [
      toCaller[0]?.host,
      toCallee[0]?.host,
    ];
    const opened = await worker.openSession({ callerSources: ['2001:db8::1'], calleeSources: [hostB] });
    expect(hosts(opened)).toEqual(['2001:db8::9', '203.0.113.9']);
    const described = await worker.describe(opened.session, 'callee', [
      { host: '2001:db8::2', port: 5000, rtcpPort: 5001 },
    ]);
    expect(hosts(described)).toEqual(['2001:db8::9', '2001:db8::9']);
  });
});

describe('a session without packets', () => {
  it('is reported once, when it is heard', () => {
    expect(worker.pass(30_000)).toEqual([
      { session, call: 'call-1', report: { $case: 'silent', value: { seconds: 20 } } },
    ]);
  });

  it('is reported every second until it is heard', () => {
    expect(worker.pass(22_000, false)).toHaveLength(3);
    worker.engine.acknowledge(session);
    expect(worker.pass(10_000, false)).toEqual([]);
  });

  it('is reported no more when a packet comes before anybody has heard', () => {
    expect(worker.pass(20_000, false)).toHaveLength(1);
    talk();
    expect(worker.pass(10_000, false)).toEqual([]);
  });

  it('is reported so many seconds after the last packet of either side', () => {
    worker.pass(15_000);
    talk();
    expect(reports(40_000)).toEqual([20_000]);
  });

  it('is reported again after it was heard in between', () => {
    expect(reports(25_000)).toEqual([20_000]);
    talk();
    expect(reports(25_000)).toEqual([20_000]);
  });

  it('is not kept from silence by a stranger', () => {
    worker.pass(15_000);
    worker.receive('203.0.113.66:4000', port, rtpPacket());
    expect(reports(10_000)).toEqual([5000]);
  });

  it('is closed when nobody does so for three times as long', () => {
    worker.pass(59_000);
    expect(sessions()).toBe(1);
    worker.pass(1000);
    expect(worker.engine.snapshot()).toMatchObject({ sessions: 0, abandoned: 1 });
  });

  it('is silent from when it was described, not from when it was opened', async () => {
    worker.pass(19_000);
    await worker.describe(session, 'callee', [`${hostB}:5002`]);
    expect(reports(25_000)).toEqual([20_000]);
  });
});

describe('a session of which nothing is expected', () => {
  it.each([
    [
      'both sides are on hold',
      [{ host: hostA, port: 4000, silent: true }],
      [{ host: hostB, port: 5000, silent: true }],
    ],
    ['every stream is off', [{ host: '', silent: true }], [{ host: '', silent: true }]],
  ])('is not reported: %s', async (_what, caller, callee) => {
    await worker.describe(session, 'caller', caller);
    await worker.describe(session, 'callee', callee, hostB);
    expect(reports(3_600_000)).toEqual([]);
    expect(sessions()).toBe(1);
  });

  it('is reported while one side should send', async () => {
    await worker.describe(session, 'caller', [{ host: hostA, port: 4000, silent: true }]);
    expect(reports(25_000)).toEqual([20_000]);
  });

  it('is not reported when inactivity is 0, and closed after a day', async () => {
    const opened = await worker.openSession({ inactivity: 0, callerSources: [], calleeSources: [] });
    await worker.describe(opened.session, 'caller', [`${hostA}:4000`]);
    await worker.describe(opened.session, 'callee', [`${hostB}:5000`]);
    await worker.engine.close({ session });
    expect(worker.pass(86_399_000)).toEqual([]);
    expect(sessions()).toBe(1);
    worker.pass(1000);
    expect(sessions()).toBe(0);
  });
});

describe('a session that is opened with both descriptions, for a call from another worker', () => {
  it('relays both ways at once', async () => {
    const said = (host: string, port: number): media.Describe => ({
      session: '',
      side: media.Side.SIDE_UNSPECIFIED,
      streams: [{ host, port, rtcpPort: port + 1, silent: false }],
      signallingSource: host,
    });
    const opened = await worker.openSession({
      caller: said(hostA, 4100),
      callee: said(hostB, 5100),
    });
    expect([opened.toCaller, opened.toCallee].map(({ length }) => length)).toEqual([1, 1]);
    const atCallee = worker.receive(`${hostA}:4100`, opened.toCaller[0]!.port, rtpPacket({ sequence: 1 }));
    const atCaller = worker.receive(`${hostB}:5100`, opened.toCallee[0]!.port, rtpPacket({ sequence: 1 }));
    expect([...atCallee, ...atCaller].map(({ to }) => to)).toEqual([`${hostB}:5100`, `${hostA}:4100`]);
  });
});

describe('a session that is not answered', () => {
  it('is not reported while it rings, and closed after ten minutes', async () => {
    const opened = await worker.openSession({ inactivity: 20 });
    await worker.describe(opened.session, 'caller', ['198.51.100.9:4000']);
    await worker.engine.close({ session });
    expect(reports(599_000)).toEqual([]);
    expect(sessions()).toBe(1);
    worker.pass(1000);
    expect(sessions()).toBe(0);
  });
});

describe('statistics', () => {
  it('count what each side has sent', async () => {
    for (const sequence of [1, 2, 3, 5, 6]) talk(sequence);
    const statistics = await worker.engine.inspect({ session });
    expect(statistics.fromCaller).toEqual({
      packets: 5,
      octets: 5 * 172,
      lost: 1,
      rtcpPackets: 0,
      refused: 0,
      jitterUs: expect.any(Number),
    });
    expect(statistics.fromCallee).toMatchObject({ packets: 0, lost: 0, jitterUs: 0 });
    expect(await worker.engine.close({ session })).toEqual(statistics);
  });

  it('stay in the sums of the worker after the session has ended', async () => {
    for (const sequence of [1, 2, 3, 5]) talk(sequence);
    const before = worker.engine.snapshot();
    await worker.engine.close({ session });
    expect(worker.engine.snapshot()).toMatchObject({
      packets: 4,
      lost: 1,
      octets: before.octets,
      sessions: 0,
      legs: 0,
    });
  });

  it('begin anew with the next session', async () => {
    talk();
    await worker.engine.close({ session });
    const next = await worker.openSession();
    expect((await worker.engine.inspect({ session: next.session })).fromCaller).toMatchObject({
      packets: 0,
      lost: 0,
    });
  });
});

describe('a session that has ended', () => {
  it.each(['close', 'inspect'] as const)('is unknown to %s', async (command) => {
    await worker.engine.close({ session });
    await expect(worker.engine[command]({ session })).rejects.toThrow(`media-session-unknown: ${session}`);
  });

  it('is unknown to a description that waited for its turn', async () => {
    const closing = worker.engine.close({ session });
    await expect(worker.describe(session, 'caller', [`${hostA}:4000`])).rejects.toThrow(
      'media-session-unknown',
    );
    await closing;
  });

  it('ends after the description that came before', async () => {
    const opening = Promise.withResolvers<void>();
    worker.opening = opening.promise;
    const growing = worker.describe(session, 'caller', [
      `${hostA}:4000`,
      ...Array<string>(9).fill(`${hostA}:4002`),
    ]);
    await nextTurn();
    const closing = worker.engine.close({ session });
    opening.resolve();
    expect((await growing).toCaller.length).toBe(10);
    await closing;
    expect(worker.engine.snapshot()).toMatchObject({ sessions: 0, legs: 0 });
  });

  it('gives back what a description was opening for it', async () => {
    const opening = Promise.withResolvers<void>();
    worker.opening = opening.promise;
    const growing = worker.describe(session, 'caller', [
      `${hostA}:4000`,
      ...Array<string>(9).fill(`${hostA}:4002`),
    ]);
    await nextTurn();
    expect(worker.placement.pairsUsed).toBeGreaterThan(2);
    worker.pass(60_000);
    opening.resolve();
    await expect(growing).rejects.toThrow('media-session-unknown');
    worker.pass(60_000);
    expect(worker.engine.snapshot()).toMatchObject({ sessions: 0, legs: 0, pairsUsed: 0, quarantined: 0 });
  });

  it('is followed by one of another number', async () => {
    await worker.engine.close({ session });
    const next = await worker.openSession();
    expect([session, next.session]).toEqual(['worker-1.1', 'worker-1.2']);
  });
});

describe('a command that makes no sense', () => {
  it.each([
    [
      'a source that is no address',
      () => worker.openSession({ callerSources: ['phone.example'] }),
      'caller_sources: "phone.example" is no IP address',
    ],
    [
      'a host that is no address',
      () => worker.describe(session, 'caller', [{ host: 'x', port: 1 }], hostA),
      'host: "x" is no IP address',
    ],
    [
      'a signalling source that is none',
      () => worker.describe(session, 'caller', [`${hostA}:1`], 'x'),
      'signalling_source: "x" is no IP address',
    ],
    ['port 0', () => worker.describe(session, 'caller', [{ host: hostA, port: 0 }]), 'port: 0'],
    ['a port that is too high', () => worker.describe(session, 'caller', [`${hostA}:65536`]), 'port: 65536'],
    [
      'an RTCP port that is too high',
      () => worker.describe(session, 'caller', [`${hostA}:65535`]),
      'rtcp_port: 65536',
    ],
    [
      'no side',
      () => worker.engine.describe({ session, side: 0, streams: [], signallingSource: hostA }),
      'side: 0',
    ],
  ])('is refused: %s', async (_what, command, detail) => {
    await expect(command()).rejects.toThrow(`media-command-invalid: ${detail}`);
  });
});
