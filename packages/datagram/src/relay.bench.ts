import { test } from 'vitest';
import { parseAddress } from './address.ts';
import { openDatagram } from './index.ts';
import type { Reader } from './socket.ts';

const burstSize = 64;
const loopback = parseAddress('127.0.0.1')!;
const packet = Buffer.alloc(172, 0x80);

let arrived = 0;
let done: () => void = () => {};
const count: Reader = (batch) => {
  arrived += batch.count;
  if (arrived === burstSize) done();
};

const open = (reader: Reader): ReturnType<typeof openDatagram> =>
  openDatagram({ host: '127.0.0.1', port: 0, reader });
const sink = await open(count);
const relay = await open((batch, socket) => {
  for (let index = 0; index < batch.count; index++) socket.forward(batch, index, loopback, sink.port);
  socket.flush();
});
const source = await open(() => {});

function burst(port: number): Promise<void> {
  arrived = 0;
  return new Promise((resolve) => {
    done = resolve;
    for (let index = 0; index < burstSize; index++) source.send(packet, loopback, port);
    source.flush();
  });
}

// The difference of the two is what the relay's receive and send cost.
test(`${burstSize} packets of 172 bytes`, async ({ bench }) => {
  await bench.compare(
    bench('straight to the sink', () => burst(sink.port)),
    bench('by a relay', () => burst(relay.port)),
  );
});
