import { test } from 'vitest';
import { Counters } from './counters.ts';
import { Leg } from './leg.ts';
import { type Outlet, PortPair } from './port-pair.ts';
import { Relay } from './relay.ts';
import { rtpPacket } from './virtual-worker.ts';

const calls = 1024;
const batchSize = 64;
const rounds = 100;

const outlet: Outlet = { forward: () => {}, flush: () => {}, close: async () => {} };
const rows = new Counters(2 * calls);
const relay = new Relay(rows);
const pairs = Array.from(
  { length: 16 },
  (_, index) => new PortPair(2 * index, true, { rtp: outlet, rtcp: outlet }),
);

function legAt(pair: PortPair, address: number): Leg {
  const leg = new Leg(pair, rows.open(0)!, [address], [{ address, port: 0 }]);
  const place = { address, port: 4000, rtcpPort: 4001, source: address, loopback: undefined };
  leg.describe({ ...place, silent: false, opaque: false });
  leg.latch(pair.rtp, address, 4000);
  return leg;
}

for (let call = 0; call < calls; call++) {
  const caller = legAt(pairs[call % 16]!, 0xc0000000 + call);
  const callee = legAt(pairs[(call + 1) % 16]!, 0xd0000000 + call);
  caller.opposite = callee;
  callee.opposite = caller;
}

// What one port receives at a time: packets of one call each, all of them of legs that it serves.
const packet = rtpPacket();
const batch = {
  slab: Buffer.concat(Array.from({ length: batchSize }, () => packet)),
  count: batchSize,
  offsets: Uint32Array.from({ length: batchSize }, (_, index) => index * packet.length),
  lengths: new Uint32Array(batchSize).fill(packet.length),
  addresses: Float64Array.from({ length: batchSize }, (_, index) => 0xc0000000 + index * 16),
  ports: new Uint16Array(batchSize).fill(4000),
};
let sequence = 0;
let now = 0;

test(`${calls} calls on 16 ports`, async ({ bench }) => {
  await bench(`take in and send on ${batchSize * rounds} packets, sockets aside`, () => {
    for (let round = 0; round < rounds; round++) {
      sequence = (sequence + 1) & 0xffff;
      now += 20;
      for (let index = 0; index < batchSize; index++)
        batch.slab.writeUInt16BE(sequence, batch.offsets[index]! + 2);
      relay.receive(pairs[0]!.rtp, batch, now);
    }
  }).run();
});
