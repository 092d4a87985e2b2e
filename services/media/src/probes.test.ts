import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Batch, openDatagram } from '@tandem/datagram';
import { probeOctets, probePacket } from '@tandem/platform';
import { afterEach, describe, expect, it } from 'vitest';
import { Probes } from './probes.ts';

const host = '127.0.0.1';
const token = '00112233445566778899aabbccddeeff';
const open = new Set<{ close(): unknown }>();

afterEach(async () => {
  for (const each of open) await each.close();
  open.clear();
});

function packet(text = token, length = probeOctets): Buffer {
  const octets = Buffer.alloc(length);
  probePacket(text, 0).copy(octets);
  return octets;
}

async function probes(now: () => number = () => 0): Promise<{ probes: Probes; port: number }> {
  const reader = (
    batch: Batch,
    socket: Parameters<Parameters<typeof openDatagram>[0]['reader']>[1],
  ): void => {
    for (let index = 0; index < batch.count; index++) made.heard(socket, socket.port, batch, index);
  };
  const made = new Probes({
    range: { host, from: 0, to: 1 },
    open: () => Promise.reject(Object.assign(new Error(), { code: 'EADDRINUSE' })),
    now,
  });
  const socket = await openDatagram({ host, port: 0, reader });
  open.add(socket);
  open.add(made);
  return { probes: made, port: socket.port };
}

/** What comes back of packets, the last of which is a good one that shows that those before were heard. */
async function echoes(port: number, packets: readonly Buffer[]): Promise<Buffer[]> {
  const socket = createSocket('udp4');
  open.add(socket);
  socket.connect(port, host);
  await once(socket, 'connect');
  const back: Buffer[] = [];
  const last = probePacket(token, 0xffff_ffff);
  const done = new Promise<void>((resolve) => {
    socket.on('message', (octets) => {
      back.push(octets);
      if (octets.equals(last)) resolve();
    });
  });
  for (const each of packets) socket.send(each);
  socket.send(last);
  await done;
  return back.slice(0, -1);
}

describe('a probe of media', () => {
  it('comes back as it is, and is seen', async () => {
    const { probes: made, port } = await probes();
    await made.begin(token);
    expect(await echoes(port, [packet()])).toEqual([packet()]);
    expect(made.seen(token)).toHaveLength(2);
    expect(made.seen(token)[0]).toMatchObject({ port, host });
  });

  it.each([
    ['with another token', packet('ff'.repeat(16))],
    ['that is longer', packet(token, probeOctets + 1)],
    ['that is shorter', packet(token, probeOctets - 1)],
    ["that is a phone's", packet(token, 172)],
  ])('is none %s: it does not come back', async (_, octets) => {
    const { probes: made, port } = await probes();
    await made.begin(token);
    expect(await echoes(port, [octets])).toEqual([]);
    expect(made.seen(token)).toHaveLength(1);
  });

  it('stands for the whole range by some of its ports', async () => {
    const opened: number[] = [];
    const made = new Probes({
      range: { host, from: 20_000, to: 29_999 },
      open: async (port) => {
        opened.push(port);
        return { close: async () => undefined } as never;
      },
      now: () => 0,
    });
    open.add(made);
    expect(await made.begin(token)).toEqual([20_000, 22_500, 25_000, 27_498, 29_998]);
    expect(opened).toHaveLength(5);
  });
});
