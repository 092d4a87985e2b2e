import { beforeEach, describe, expect, it } from 'vitest';
import { rtcpPacket, rtpPacket, VirtualWorker } from './virtual-worker.ts';

const caller = '198.51.100.1';
const callee = '198.51.100.2';
const nat = '192.0.2.77';
const stranger = '203.0.113.66';
const dtls = Buffer.from('16fefd000000000000000000010000', 'hex');
const stun = Buffer.from('000100002112a442000000000000000000000000', 'hex');

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
    await worker.describe(session, 'caller', [`${caller}:4000`]);
    await worker.describe(session, 'callee', [`${callee}:5000`]);
  });

  it('are relayed from the first packet of either', () => {
    expect(to(`${caller}:4000`, callerPort)).toEqual([`${calleePort} ${callee}:5000`]);
    expect(to(`${callee}:5000`, calleePort)).toEqual([`${callerPort} ${caller}:4000`]);
  });

  it('get every byte as it came', () => {
    const packet = rtpPacket({ payloadType: 96, sequence: 9 });
    expect(worker.receive(`${caller}:4000`, callerPort, packet)[0]!.bytes.equals(packet)).toBe(true);
  });

  it('have RTCP relayed by its own ports', () => {
    expect(to(`${caller}:4001`, callerPort + 1, rtcpPacket())).toEqual([`${calleePort + 1} ${callee}:5001`]);
    expect(to(`${callee}:5001`, calleePort + 1, rtcpPacket())).toEqual([`${callerPort + 1} ${caller}:4001`]);
  });

  it.each([
    ['a stranger', `${stranger}:4000`],
    ['another port of the caller', `${caller}:4002`],
    ['the callee at the caller’s port', `${callee}:5000`],
  ])('hear nothing of %s, before and after the first packet', (_what, from) => {
    expect(to(from, callerPort)).toEqual([]);
    to(`${caller}:4000`, callerPort);
    expect(to(from, callerPort)).toEqual([]);
    expect(to(`${caller}:4000`, callerPort).length).toBe(1);
  });

  // CVE-2023-49786, CVE-2023-51443 and CVE-2023-51275: whoever shook hands first was whom the call was encrypted for.
  it('hear nothing of a stranger who shakes hands before they do', () => {
    expect(to(`${stranger}:4000`, callerPort, dtls)).toEqual([]);
    expect(to(`${stranger}:4001`, callerPort + 1, dtls)).toEqual([]);
    expect(to(`${caller}:4000`, callerPort, dtls)).toEqual([`${calleePort} ${callee}:5000`]);
    expect(to(`${callee}:5000`, calleePort, dtls)).toEqual([`${callerPort} ${caller}:4000`]);
  });

  // CVE-2021-41105: a packet that could not be decrypted was the end of the call.
  it('talk on whatever octets come between', async () => {
    to(`${caller}:4000`, callerPort);
    const octets = rtpPacket({ sequence: 2 });
    for (let length = 0; length < octets.length; length += 7) {
      to(`${caller}:4000`, callerPort, octets.subarray(0, length));
      to(`${caller}:4000`, callerPort, Buffer.alloc(length, 0xff));
    }
    expect(to(`${caller}:4000`, callerPort, rtpPacket({ sequence: 3 }))).toEqual([
      `${calleePort} ${callee}:5000`,
    ]);
    expect(to(`${callee}:5000`, calleePort)).toEqual([`${callerPort} ${caller}:4000`]);
  });

  it('hear nothing of a stranger’s RTCP', () => {
    expect(to(`${stranger}:4001`, callerPort + 1, rtcpPacket())).toEqual([]);
    expect(to(`${caller}:4003`, callerPort + 1, rtcpPacket())).toEqual([]);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['RTP version 1', Buffer.alloc(172, 0x40)],
    ['a cut header', rtpPacket().subarray(0, 11)],
    ['STUN', stun],
    ['line ends', Buffer.from('\r\n\r\n')],
  ])('count what is malformed and do not pass it on: %s', async (_what, bytes) => {
    to(`${caller}:4000`, callerPort);
    expect(to(`${caller}:4000`, callerPort, bytes)).toEqual([]);
    const { fromCaller } = await worker.engine.inspect({ session });
    expect(fromCaller).toMatchObject({ packets: 1, refused: 1 });
  });

  it('pass RTP by no RTCP port', () => {
    to(`${caller}:4001`, callerPort + 1, rtcpPacket());
    expect(to(`${caller}:4001`, callerPort + 1, rtpPacket())).toEqual([]);
  });

  it('may shake hands for encryption, before there is any RTP', () => {
    expect(to(`${caller}:4000`, callerPort, dtls)).toEqual([`${calleePort} ${callee}:5000`]);
    expect(to(`${caller}:4001`, callerPort + 1, dtls)).toEqual([`${calleePort + 1} ${callee}:5001`]);
  });

  it('do not answer for a stranger at a shared port', () => {
    to(`${stranger}:1`, callerPort);
    expect(worker.engine.snapshot()).toMatchObject({ strange: 1, refused: 0, packets: 0 });
  });
});

describe('a side on the machine of a worker that listens on loopback', () => {
  const [own, loopback] = ['192.0.2.10', '127.0.0.1'];

  beforeEach(async () => {
    worker = await VirtualWorker.start({ loopback });
    await open({ callerSources: [own], calleeSources: [own] });
    await worker.describe(session, 'caller', [`${own}:4000`]);
    await worker.describe(session, 'callee', [`${own}:5000`]);
  });

  it.each([own, loopback])('is believed at the port that it has said, with %s for its address', (address) => {
    expect(to(`${address}:4000`, callerPort)).toEqual([`${calleePort} ${own}:5000`]);
    expect(to(`${address}:5000`, calleePort)).toEqual([`${callerPort} ${address}:4000`]);
    expect(to(`${address}:4001`, callerPort + 1, rtcpPacket())).toEqual([`${calleePort + 1} ${own}:5001`]);
  });

  it.each([`${loopback}:4002`, `${loopback}:5000`, `${stranger}:4000`])('is not taken for %s', (from) => {
    expect(to(from, callerPort)).toEqual([]);
  });

  it('is not heard on loopback by a worker that listens elsewhere', async () => {
    worker = await VirtualWorker.start();
    await open({ callerSources: [own] });
    await worker.describe(session, 'caller', [`${own}:4000`]);
    expect(to(`${loopback}:4000`, callerPort)).toEqual([]);
  });
});

describe('a side behind a NAT', () => {
  beforeEach(async () => {
    await worker.describe(session, 'caller', ['10.0.0.5:4000'], nat);
    await worker.describe(session, 'callee', [`${callee}:5000`]);
  });

  it('gets nothing until it has proven where it is', () => {
    expect(to(`${callee}:5000`, calleePort)).toEqual([]);
    expect(worker.engine.snapshot()).toMatchObject({ withheld: 1, packets: 1 });
    to(`${nat}:61000`, callerPort);
    expect(to(`${callee}:5000`, calleePort)).toEqual([`${callerPort} ${nat}:61000`]);
  });

  it('is believed by its first packet from where its signalling comes from', () => {
    expect(to(`${nat}:61000`, callerPort)).toEqual([`${calleePort} ${callee}:5000`]);
    expect(to(`${nat}:61001`, callerPort)).toEqual([]);
  });

  it('is believed where it says that it is, too', () => {
    expect(to('10.0.0.5:4000', callerPort)).toEqual([`${calleePort} ${callee}:5000`]);
    expect(to(`${nat}:61000`, callerPort)).toEqual([]);
    expect(to(`${callee}:5000`, calleePort)).toEqual([`${callerPort} 10.0.0.5:4000`]);
  });

  it.each([
    ['a stranger', `${stranger}:61000`, rtpPacket()],
    ['a stranger who shakes hands first', `${stranger}:61000`, dtls],
    ['another port where it says that it is', '10.0.0.5:4002', rtpPacket()],
    ['what is no RTP', `${nat}:61000`, Buffer.from('hello, is anybody there?')],
    ['RTCP at the RTP port', `${nat}:61000`, rtcpPacket()],
    ['STUN', `${nat}:61000`, stun],
  ])('is not believed by %s', (_what, from, bytes) => {
    expect(to(from, callerPort, bytes)).toEqual([]);
    expect(to(`${callee}:5000`, calleePort)).toEqual([]);
    expect(to(`${nat}:62000`, callerPort)).toEqual([`${calleePort} ${callee}:5000`]);
  });

  it('is believed by a DTLS hello, which comes before any RTP', () => {
    expect(to(`${nat}:61000`, callerPort, dtls)).toEqual([`${calleePort} ${callee}:5000`]);
  });

  it('has RTCP believed apart, from the host that its RTP comes from', () => {
    to(`${nat}:61000`, callerPort);
    expect(to(`${stranger}:61001`, callerPort + 1, rtcpPacket())).toEqual([]);
    expect(to(`${nat}:61001`, callerPort + 1, rtcpPacket())).toEqual([`${calleePort + 1} ${callee}:5001`]);
    expect(to(`${callee}:5001`, calleePort + 1, rtcpPacket())).toEqual([`${callerPort + 1} ${nat}:61001`]);
  });

  it('has RTCP believed only with its RTP: not from behind the NAT when RTP comes from elsewhere', () => {
    to('10.0.0.5:4000', callerPort);
    expect(to(`${nat}:61001`, callerPort + 1, rtcpPacket())).toEqual([]);
  });

  it('follows the NAT to another port by source and next numbers', () => {
    for (const sequence of [10, 11, 12]) to(`${nat}:61000`, callerPort, rtpPacket({ sequence }));
    expect(to(`${nat}:62000`, callerPort, rtpPacket({ sequence: 13 }))).toEqual([
      `${calleePort} ${callee}:5000`,
    ]);
    expect(to(`${callee}:5000`, calleePort)).toEqual([`${callerPort} ${nat}:62000`]);
    expect(to(`${nat}:61000`, callerPort, rtpPacket({ sequence: 9000 }))).toEqual([]);
  });

  it.each([
    ['another source', { sequence: 13, ssrc: 8 }],
    ['an old number', { sequence: 11 }],
    ['a number far ahead', { sequence: 12 + 3000 }],
  ])('is not followed to another port by %s', (_what, packet) => {
    for (const sequence of [10, 11, 12]) to(`${nat}:61000`, callerPort, rtpPacket({ sequence }));
    expect(to(`${nat}:62000`, callerPort, rtpPacket(packet))).toEqual([]);
  });

  it('is not followed to another host', () => {
    for (const sequence of [10, 11, 12]) to(`${nat}:61000`, callerPort, rtpPacket({ sequence }));
    expect(to(`${stranger}:61000`, callerPort, rtpPacket({ sequence: 13 }))).toEqual([]);
  });

  it('has RTCP followed by the source of its RTP', () => {
    for (const sequence of [10, 11, 12]) to(`${nat}:61000`, callerPort, rtpPacket({ sequence }));
    to(`${nat}:61001`, callerPort + 1, rtcpPacket());
    expect(to(`${nat}:62001`, callerPort + 1, rtcpPacket(8))).toEqual([]);
    expect(to(`${nat}:62001`, callerPort + 1, rtcpPacket(7)).length).toBe(1);
    expect(to(`${nat}:61001`, callerPort + 1, rtcpPacket(8))).toEqual([]);
  });
});

describe('RTCP that has been believed', () => {
  it('is not followed to another host, though that is where the side says that it is', async () => {
    await worker.describe(session, 'caller', ['10.0.0.5:4000'], nat);
    await worker.describe(session, 'callee', [`${callee}:5000`]);
    for (const sequence of [10, 11, 12]) to(`${nat}:61000`, callerPort, rtpPacket({ sequence }));
    await worker.describe(session, 'caller', ['10.0.0.5:4002'], nat);
    to(`${nat}:61001`, callerPort + 1, rtcpPacket());
    expect(to('10.0.0.5:4003', callerPort + 1, rtcpPacket())).toEqual([]);
    expect(to(`${nat}:61001`, callerPort + 1, rtcpPacket()).length).toBe(1);
  });
});

describe('a side that describes itself again', () => {
  beforeEach(async () => {
    await worker.describe(session, 'caller', ['10.0.0.5:4000'], nat);
    await worker.describe(session, 'callee', [`${callee}:5000`]);
    to(`${nat}:61000`, callerPort);
    to(`${nat}:61001`, callerPort + 1, rtcpPacket());
  });

  it('keeps what it has proven when nothing moved', async () => {
    await worker.describe(session, 'caller', ['10.0.0.5:4000'], nat);
    expect(to(`${callee}:5000`, calleePort)).toEqual([`${callerPort} ${nat}:61000`]);
    expect(to(`${nat}:62000`, callerPort, rtpPacket({ ssrc: 99 }))).toEqual([]);
  });

  it.each([
    ['port', ['10.0.0.5:4002'], nat],
    ['address', ['10.0.0.6:4000'], nat],
    ['network', ['10.0.0.5:4000'], '192.0.2.78'],
  ])('has to prove another %s', async (_what, streams, source) => {
    await worker.describe(session, 'caller', streams, source);
    expect(to(`${callee}:5000`, calleePort)).toEqual([]);
    expect(to(`${source}:62000`, callerPort)).toEqual([`${calleePort} ${callee}:5000`]);
    expect(to(`${callee}:5000`, calleePort)).toEqual([`${callerPort} ${source}:62000`]);
    expect(to(`${nat}:61000`, callerPort, rtpPacket({ ssrc: 99 }))).toEqual([]);
  });

  it('has to prove another RTCP port only there', async () => {
    await worker.describe(session, 'caller', [{ host: '10.0.0.5', port: 4000, rtcpPort: 4444 }], nat);
    expect(to(`${callee}:5000`, calleePort)).toEqual([`${callerPort} ${nat}:61000`]);
    expect(to(`${callee}:5001`, calleePort + 1, rtcpPacket())).toEqual([]);
    expect(to('10.0.0.5:4444', callerPort + 1, rtcpPacket())).toEqual([]);
    expect(to(`${nat}:63000`, callerPort + 1, rtcpPacket()).length).toBe(1);
  });

  it('is where the last of several answers says: the fork that won', async () => {
    await worker.describe(session, 'callee', ['198.51.100.3:6000']);
    await worker.describe(session, 'callee', ['198.51.100.4:7000']);
    expect(to(`${nat}:61000`, callerPort)).toEqual([`${calleePort} 198.51.100.4:7000`]);
    expect(to('198.51.100.3:6000', calleePort)).toEqual([]);
    expect(to('198.51.100.4:7000', calleePort)).toEqual([`${callerPort} ${nat}:61000`]);
  });

  it.each(['0.0.0.0:4000', ':::4000'])(
    'gets nothing while it is held at %s, and goes on afterwards',
    async (held) => {
      await worker.describe(session, 'caller', [held], nat);
      expect(to(`${callee}:5000`, calleePort)).toEqual([]);
      expect(to(`${nat}:61000`, callerPort).length).toBe(1);
      await worker.describe(session, 'caller', ['10.0.0.5:4000'], nat);
      expect(to(`${callee}:5000`, calleePort)).toEqual([`${callerPort} ${nat}:61000`]);
    },
  );

  it('neither gets nor sends while its stream is off', async () => {
    await worker.describe(session, 'caller', [{ host: '' }], nat);
    expect(to(`${callee}:5000`, calleePort)).toEqual([]);
    expect(to(`${nat}:61000`, callerPort)).toEqual([]);
    await worker.describe(session, 'caller', ['10.0.0.5:4000'], nat);
    expect(to(`${nat}:61000`, callerPort).length).toBe(1);
  });
});

describe('RTCP on the RTP port', () => {
  it('leaves by the RTP port for a side that says so', async () => {
    await worker.describe(session, 'caller', [{ host: caller, port: 4000, rtcpPort: 0 }]);
    await worker.describe(session, 'callee', [{ host: callee, port: 5000, rtcpPort: 0 }]);
    expect(to(`${caller}:4000`, callerPort, rtcpPacket())).toEqual([`${calleePort} ${callee}:5000`]);
    expect((await worker.engine.inspect({ session })).fromCaller).toMatchObject({
      packets: 0,
      rtcpPackets: 1,
    });
  });

  it('leaves by the RTCP port for the side that does not', async () => {
    await worker.describe(session, 'caller', [{ host: caller, port: 4000, rtcpPort: 0 }]);
    await worker.describe(session, 'callee', [`${callee}:5000`]);
    expect(to(`${caller}:4000`, callerPort, rtcpPacket())).toEqual([`${calleePort + 1} ${callee}:5001`]);
    expect(to(`${callee}:5001`, calleePort + 1, rtcpPacket())).toEqual([`${callerPort} ${caller}:4000`]);
  });

  it('leaves by the RTP port for a side that sends it there', async () => {
    await worker.describe(session, 'caller', [`${caller}:4000`]);
    await worker.describe(session, 'callee', [`${callee}:5000`]);
    to(`${caller}:4000`, callerPort, rtcpPacket());
    expect(to(`${callee}:5001`, calleePort + 1, rtcpPacket())).toEqual([`${callerPort} ${caller}:4000`]);
  });
});

describe('a stream that is not RTP', () => {
  // UDPTL begins with a sequence number: here one that looks like RTP, one like STUN, one like RTCP.
  const packets = ['80010203040506', '000103', '80c90001000000ff'].map((hex) => Buffer.from(hex, 'hex'));

  it('is relayed whatever it looks like', async () => {
    await worker.describe(session, 'caller', [{ host: '10.0.0.5', port: 4000, opaque: true }], nat);
    await worker.describe(session, 'callee', [{ host: callee, port: 5000, opaque: true }]);
    for (const packet of packets) {
      expect(to(`${nat}:61000`, callerPort, packet)).toEqual([`${calleePort} ${callee}:5000`]);
    }
    expect(to(`${stranger}:61000`, callerPort, packets[0])).toEqual([]);
    expect((await worker.engine.inspect({ session })).fromCaller).toMatchObject({
      packets: 3,
      rtcpPackets: 0,
      refused: 0,
    });
  });
});

describe('before a side is described', () => {
  it('nothing of it is passed on', async () => {
    await worker.describe(session, 'caller', [`${caller}:4000`]);
    expect(to(`${callee}:5000`, calleePort)).toEqual([]);
    expect(to(`${caller}:4000`, callerPort)).toEqual([]);
    expect((await worker.engine.inspect({ session })).fromCallee).toMatchObject({ packets: 0, refused: 1 });
  });

  it('a description from nobody knows where is believed only to the letter', async () => {
    await worker.describe(session, 'callee', [`${callee}:5000`]);
    await worker.describe(session, 'caller', [`${caller}:4000`], '');
    expect(to(`${callee}:5000`, calleePort)).toEqual([]);
    expect(to(`${caller}:4002`, callerPort)).toEqual([]);
    expect(to(`${caller}:4000`, callerPort)).toEqual([`${calleePort} ${callee}:5000`]);
    expect(to(`${callee}:5000`, calleePort)).toEqual([`${callerPort} ${caller}:4000`]);
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
