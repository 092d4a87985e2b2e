import { beforeEach, describe, expect, it } from 'vitest';
import { rtcpPacket, rtpPacket, VirtualWorker } from './virtual-worker.ts';

const CALLER = '198.51.100.1';
const CALLEE = '198.51.100.2';
const NAT = '192.0.2.77';
const STRANGER = '203.0.113.66';
const DTLS = Buffer.from('16fefd000000000000000000010000', 'hex');
const STUN = Buffer.from('000100002112a442000000000000000000000000', 'hex');

let worker: VirtualWorker;
/** Our port that the caller, or the callee, sends to. */
let [callerPort, calleePort] = [0, 0];
let session = '';

async function open(options: Parameters<VirtualWorker['openSession']>[0] = {}): Promise<void> {
  const opened = await worker.openSession(options);
  session = opened.session;
  callerPort = opened.toCaller[0]!.port;
  calleePort = opened.toCallee[0]!.port;
}

const to = (from: string, port: number, bytes = rtpPacket()): string[] =>
  worker.receive(from, port, bytes).map((sent) => `${sent.from} ${sent.to}`);

beforeEach(async () => {
  worker = await VirtualWorker.start();
  await open();
});

describe('two sides that are where they say', () => {
  beforeEach(async () => {
    await worker.describe(session, 'caller', [`${CALLER}:4000`]);
    await worker.describe(session, 'callee', [`${CALLEE}:5000`]);
  });

  it('are relayed from the first packet of either', () => {
    expect(to(`${CALLER}:4000`, callerPort)).toEqual([`${calleePort} ${CALLEE}:5000`]);
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([`${callerPort} ${CALLER}:4000`]);
  });

  it('get every byte as it came', () => {
    const packet = rtpPacket({ payloadType: 96, sequence: 9 });
    expect(worker.receive(`${CALLER}:4000`, callerPort, packet)[0]!.bytes.equals(packet)).toBe(true);
  });

  it('have RTCP relayed by its own ports', () => {
    expect(to(`${CALLER}:4001`, callerPort + 1, rtcpPacket())).toEqual([`${calleePort + 1} ${CALLEE}:5001`]);
    expect(to(`${CALLEE}:5001`, calleePort + 1, rtcpPacket())).toEqual([`${callerPort + 1} ${CALLER}:4001`]);
  });

  it.each([
    ['a stranger', `${STRANGER}:4000`],
    ['another port of the caller', `${CALLER}:4002`],
    ['the callee at the caller’s port', `${CALLEE}:5000`],
  ])('hear nothing of %s, before and after the first packet', (_what, from) => {
    expect(to(from, callerPort)).toEqual([]);
    to(`${CALLER}:4000`, callerPort);
    expect(to(from, callerPort)).toEqual([]);
    expect(to(`${CALLER}:4000`, callerPort).length).toBe(1);
  });

  it('hear nothing of a stranger’s RTCP', () => {
    expect(to(`${STRANGER}:4001`, callerPort + 1, rtcpPacket())).toEqual([]);
    expect(to(`${CALLER}:4003`, callerPort + 1, rtcpPacket())).toEqual([]);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['RTP version 1', Buffer.alloc(172, 0x40)],
    ['a cut header', rtpPacket().subarray(0, 11)],
    ['STUN', STUN],
    ['line ends', Buffer.from('\r\n\r\n')],
  ])('count what is malformed and do not pass it on: %s', async (_what, bytes) => {
    to(`${CALLER}:4000`, callerPort);
    expect(to(`${CALLER}:4000`, callerPort, bytes)).toEqual([]);
    const { fromCaller } = await worker.engine.inspect({ session });
    expect(fromCaller).toMatchObject({ packets: 1, refused: 1 });
  });

  it('pass RTP by no RTCP port', () => {
    to(`${CALLER}:4001`, callerPort + 1, rtcpPacket());
    expect(to(`${CALLER}:4001`, callerPort + 1, rtpPacket())).toEqual([]);
  });

  it('may shake hands for encryption, before there is any RTP', () => {
    expect(to(`${CALLER}:4000`, callerPort, DTLS)).toEqual([`${calleePort} ${CALLEE}:5000`]);
    expect(to(`${CALLER}:4001`, callerPort + 1, DTLS)).toEqual([`${calleePort + 1} ${CALLEE}:5001`]);
  });

  it('do not answer for a stranger at a shared port', () => {
    to(`${STRANGER}:1`, callerPort);
    expect(worker.engine.snapshot()).toMatchObject({ strange: 1, refused: 0, packets: 0 });
  });
});

describe('a side behind a NAT', () => {
  beforeEach(async () => {
    await worker.describe(session, 'caller', ['10.0.0.5:4000'], NAT);
    await worker.describe(session, 'callee', [`${CALLEE}:5000`]);
  });

  it('gets nothing until it has proven where it is', () => {
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([]);
    expect(worker.engine.snapshot()).toMatchObject({ withheld: 1, packets: 1 });
    to(`${NAT}:61000`, callerPort);
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([`${callerPort} ${NAT}:61000`]);
  });

  it('is believed by its first packet from where its signalling comes from', () => {
    expect(to(`${NAT}:61000`, callerPort)).toEqual([`${calleePort} ${CALLEE}:5000`]);
    expect(to(`${NAT}:61001`, callerPort)).toEqual([]);
  });

  it('is believed where it says that it is, too', () => {
    expect(to('10.0.0.5:4000', callerPort)).toEqual([`${calleePort} ${CALLEE}:5000`]);
    expect(to(`${NAT}:61000`, callerPort)).toEqual([]);
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([`${callerPort} 10.0.0.5:4000`]);
  });

  it.each([
    ['a stranger', `${STRANGER}:61000`, rtpPacket()],
    ['another port where it says that it is', '10.0.0.5:4002', rtpPacket()],
    ['what is no RTP', `${NAT}:61000`, Buffer.from('hello, is anybody there?')],
    ['RTCP at the RTP port', `${NAT}:61000`, rtcpPacket()],
    ['STUN', `${NAT}:61000`, STUN],
  ])('is not believed by %s', (_what, from, bytes) => {
    expect(to(from, callerPort, bytes)).toEqual([]);
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([]);
    expect(to(`${NAT}:62000`, callerPort)).toEqual([`${calleePort} ${CALLEE}:5000`]);
  });

  it('is believed by a DTLS hello, which comes before any RTP', () => {
    expect(to(`${NAT}:61000`, callerPort, DTLS)).toEqual([`${calleePort} ${CALLEE}:5000`]);
  });

  it('has RTCP believed apart, from the host that its RTP comes from', () => {
    to(`${NAT}:61000`, callerPort);
    expect(to(`${STRANGER}:61001`, callerPort + 1, rtcpPacket())).toEqual([]);
    expect(to(`${NAT}:61001`, callerPort + 1, rtcpPacket())).toEqual([`${calleePort + 1} ${CALLEE}:5001`]);
    expect(to(`${CALLEE}:5001`, calleePort + 1, rtcpPacket())).toEqual([`${callerPort + 1} ${NAT}:61001`]);
  });

  it('has RTCP believed only with its RTP: not from behind the NAT when RTP comes from elsewhere', () => {
    to('10.0.0.5:4000', callerPort);
    expect(to(`${NAT}:61001`, callerPort + 1, rtcpPacket())).toEqual([]);
  });

  it('follows the NAT to another port by source and next numbers', () => {
    for (const sequence of [10, 11, 12]) to(`${NAT}:61000`, callerPort, rtpPacket({ sequence }));
    expect(to(`${NAT}:62000`, callerPort, rtpPacket({ sequence: 13 }))).toEqual([
      `${calleePort} ${CALLEE}:5000`,
    ]);
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([`${callerPort} ${NAT}:62000`]);
    expect(to(`${NAT}:61000`, callerPort, rtpPacket({ sequence: 9000 }))).toEqual([]);
  });

  it.each([
    ['another source', { sequence: 13, ssrc: 8 }],
    ['an old number', { sequence: 11 }],
    ['a number far ahead', { sequence: 12 + 3000 }],
  ])('is not followed to another port by %s', (_what, packet) => {
    for (const sequence of [10, 11, 12]) to(`${NAT}:61000`, callerPort, rtpPacket({ sequence }));
    expect(to(`${NAT}:62000`, callerPort, rtpPacket(packet))).toEqual([]);
  });

  it('is not followed to another host', () => {
    for (const sequence of [10, 11, 12]) to(`${NAT}:61000`, callerPort, rtpPacket({ sequence }));
    expect(to(`${STRANGER}:61000`, callerPort, rtpPacket({ sequence: 13 }))).toEqual([]);
  });

  it('has RTCP followed by the source of its RTP', () => {
    for (const sequence of [10, 11, 12]) to(`${NAT}:61000`, callerPort, rtpPacket({ sequence }));
    to(`${NAT}:61001`, callerPort + 1, rtcpPacket());
    expect(to(`${NAT}:62001`, callerPort + 1, rtcpPacket(8))).toEqual([]);
    expect(to(`${NAT}:62001`, callerPort + 1, rtcpPacket(7)).length).toBe(1);
    expect(to(`${NAT}:61001`, callerPort + 1, rtcpPacket(8))).toEqual([]);
  });
});

describe('a side that describes itself again', () => {
  beforeEach(async () => {
    await worker.describe(session, 'caller', ['10.0.0.5:4000'], NAT);
    await worker.describe(session, 'callee', [`${CALLEE}:5000`]);
    to(`${NAT}:61000`, callerPort);
    to(`${NAT}:61001`, callerPort + 1, rtcpPacket());
  });

  it('keeps what it has proven when nothing moved', async () => {
    await worker.describe(session, 'caller', ['10.0.0.5:4000'], NAT);
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([`${callerPort} ${NAT}:61000`]);
    expect(to(`${NAT}:62000`, callerPort, rtpPacket({ ssrc: 99 }))).toEqual([]);
  });

  it.each([
    ['port', ['10.0.0.5:4002'], NAT],
    ['address', ['10.0.0.6:4000'], NAT],
    ['network', ['10.0.0.5:4000'], '192.0.2.78'],
  ])('has to prove another %s', async (_what, streams, source) => {
    await worker.describe(session, 'caller', streams, source);
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([]);
    expect(to(`${source}:62000`, callerPort)).toEqual([`${calleePort} ${CALLEE}:5000`]);
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([`${callerPort} ${source}:62000`]);
    expect(to(`${NAT}:61000`, callerPort, rtpPacket({ ssrc: 99 }))).toEqual([]);
  });

  it('has to prove another RTCP port only there', async () => {
    await worker.describe(session, 'caller', [{ host: '10.0.0.5', port: 4000, rtcpPort: 4444 }], NAT);
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([`${callerPort} ${NAT}:61000`]);
    expect(to(`${CALLEE}:5001`, calleePort + 1, rtcpPacket())).toEqual([]);
    expect(to('10.0.0.5:4444', callerPort + 1, rtcpPacket())).toEqual([]);
    expect(to(`${NAT}:63000`, callerPort + 1, rtcpPacket()).length).toBe(1);
  });

  it('is where the last of several answers says: the fork that won', async () => {
    await worker.describe(session, 'callee', ['198.51.100.3:6000']);
    await worker.describe(session, 'callee', ['198.51.100.4:7000']);
    expect(to(`${NAT}:61000`, callerPort)).toEqual([`${calleePort} 198.51.100.4:7000`]);
    expect(to('198.51.100.3:6000', calleePort)).toEqual([]);
    expect(to('198.51.100.4:7000', calleePort)).toEqual([`${callerPort} ${NAT}:61000`]);
  });

  it.each(['0.0.0.0:4000', ':::4000'])(
    'gets nothing while it is held at %s, and goes on afterwards',
    async (held) => {
      await worker.describe(session, 'caller', [held], NAT);
      expect(to(`${CALLEE}:5000`, calleePort)).toEqual([]);
      expect(to(`${NAT}:61000`, callerPort).length).toBe(1);
      await worker.describe(session, 'caller', ['10.0.0.5:4000'], NAT);
      expect(to(`${CALLEE}:5000`, calleePort)).toEqual([`${callerPort} ${NAT}:61000`]);
    },
  );

  it('neither gets nor sends while its stream is off', async () => {
    await worker.describe(session, 'caller', [{ host: '' }], NAT);
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([]);
    expect(to(`${NAT}:61000`, callerPort)).toEqual([]);
    await worker.describe(session, 'caller', ['10.0.0.5:4000'], NAT);
    expect(to(`${NAT}:61000`, callerPort).length).toBe(1);
  });
});

describe('RTCP on the RTP port', () => {
  it('leaves by the RTP port for a side that says so', async () => {
    await worker.describe(session, 'caller', [{ host: CALLER, port: 4000, rtcpPort: 0 }]);
    await worker.describe(session, 'callee', [{ host: CALLEE, port: 5000, rtcpPort: 0 }]);
    expect(to(`${CALLER}:4000`, callerPort, rtcpPacket())).toEqual([`${calleePort} ${CALLEE}:5000`]);
    expect((await worker.engine.inspect({ session })).fromCaller).toMatchObject({
      packets: 0,
      rtcpPackets: 1,
    });
  });

  it('leaves by the RTCP port for the side that does not', async () => {
    await worker.describe(session, 'caller', [{ host: CALLER, port: 4000, rtcpPort: 0 }]);
    await worker.describe(session, 'callee', [`${CALLEE}:5000`]);
    expect(to(`${CALLER}:4000`, callerPort, rtcpPacket())).toEqual([`${calleePort + 1} ${CALLEE}:5001`]);
    expect(to(`${CALLEE}:5001`, calleePort + 1, rtcpPacket())).toEqual([`${callerPort} ${CALLER}:4000`]);
  });

  it('leaves by the RTP port for a side that sends it there', async () => {
    await worker.describe(session, 'caller', [`${CALLER}:4000`]);
    await worker.describe(session, 'callee', [`${CALLEE}:5000`]);
    to(`${CALLER}:4000`, callerPort, rtcpPacket());
    expect(to(`${CALLEE}:5001`, calleePort + 1, rtcpPacket())).toEqual([`${callerPort} ${CALLER}:4000`]);
  });
});

describe('a stream that is not RTP', () => {
  // UDPTL begins with a sequence number: here one that looks like RTP, one like STUN, one like RTCP.
  const packets = ['80010203040506', '000103', '80c90001000000ff'].map((hex) => Buffer.from(hex, 'hex'));

  it('is relayed whatever it looks like', async () => {
    await worker.describe(session, 'caller', [{ host: '10.0.0.5', port: 4000, opaque: true }], NAT);
    await worker.describe(session, 'callee', [{ host: CALLEE, port: 5000, opaque: true }]);
    for (const packet of packets) {
      expect(to(`${NAT}:61000`, callerPort, packet)).toEqual([`${calleePort} ${CALLEE}:5000`]);
    }
    expect(to(`${STRANGER}:61000`, callerPort, packets[0])).toEqual([]);
    expect((await worker.engine.inspect({ session })).fromCaller).toMatchObject({
      packets: 3,
      rtcpPackets: 0,
      refused: 0,
    });
  });
});

describe('before a side is described', () => {
  it('nothing of it is passed on', async () => {
    await worker.describe(session, 'caller', [`${CALLER}:4000`]);
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([]);
    expect(to(`${CALLER}:4000`, callerPort)).toEqual([]);
    expect((await worker.engine.inspect({ session })).fromCallee).toMatchObject({ packets: 0, refused: 1 });
  });

  it('a description from nobody knows where is believed only to the letter', async () => {
    await worker.describe(session, 'callee', [`${CALLEE}:5000`]);
    await worker.describe(session, 'caller', [`${CALLER}:4000`], '');
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([]);
    expect(to(`${CALLER}:4002`, callerPort)).toEqual([]);
    expect(to(`${CALLER}:4000`, callerPort)).toEqual([`${calleePort} ${CALLEE}:5000`]);
    expect(to(`${CALLEE}:5000`, calleePort)).toEqual([`${callerPort} ${CALLER}:4000`]);
  });
});

describe('IPv6', () => {
  it('is relayed like IPv4', async () => {
    await open({ callerSources: ['2001:db8::1'], calleeSources: ['2001:db8::2'] });
    await worker.describe(session, 'caller', ['2001:db8::1:4000'], '2001:db8::1');
    await worker.describe(session, 'callee', ['fd00::5:5000'], '2001:db8::2');
    expect(to('2001:db8::2:61000', calleePort)).toEqual([`${callerPort} 2001:db8::1:4000`]);
    expect(to('2001:db8::1:4000', callerPort)).toEqual([`${calleePort} 2001:db8::2:61000`]);
  });
});
