import { afterEach, describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { largestDatagram, loopback, Peer } from './compliance-peer.ts';
import type { DatagramBacking, DatagramOptions, DatagramSocket } from './socket.ts';

/** What each backing of the datagram socket has to do. */
export function datagramCompliance(name: string, backing: DatagramBacking): void {
  describe(`datagrams by ${name}`, () => {
    const open = opener(backing);

    it.each([0, 1, 172, 1472, 1500, 9000, largestDatagram])('carries %d bytes unchanged', async (size) => {
      const [a, b] = [await open(), await open()];
      const bytes = pattern(size);
      a.send(bytes, b);
      await b.receives(1);
      expect(b.received[0]!.bytes.equals(bytes)).toBe(true);
    });

    it('says who sent', async () => {
      const [a, b] = [await open(), await open()];
      a.send(pattern(10), b);
      await b.receives(1);
      expect(b.received[0]).toMatchObject({ host: loopback, port: a.socket.port });
    });

    it('keeps the order of one sender, however each datagram is given', async () => {
      const [a, b] = [await open(), await open()];
      for (let index = 0; index < 200; index++) {
        if (index % 2 === 0) a.send(Buffer.from([index]), b);
        else a.write(Buffer.from([index]), b);
      }
      await b.receives(200);
      expect(b.received.map((datagram) => datagram.bytes[0])).toEqual(
        Array.from({ length: 200 }, (_, i) => i),
      );
    });

    it('keeps what was written into the slab until it is sent', async () => {
      const [a, b] = [await open(), await open()];
      const largest = Array.from({ length: 12 }, (_, index) => Buffer.alloc(largestDatagram, index));
      for (const bytes of largest) a.write(bytes, b, false);
      a.socket.flush();
      await b.receives(largest.length);
      for (const [index, { bytes }] of b.received.entries()) expect(bytes.equals(largest[index]!)).toBe(true);
    });

    it('forwards from the slot that a datagram was received in', async () => {
      const [a, b] = [await open(), await open()];
      const relay = await open({
        reader: (batch, socket) => {
          for (let index = 0; index < batch.count; index++)
            socket.forward(batch, index, b.address, b.socket.port);
          socket.flush();
        },
      });
      for (let index = 0; index < 50; index++) a.send(pattern(index * 20), relay);
      await b.receives(50);
      expect(b.received.map(({ bytes }) => bytes)).toEqual(
        Array.from({ length: 50 }, (_, i) => pattern(i * 20)),
      );
      expect(b.received[0]!.port).toBe(relay.socket.port);
    });

    it('forwards through another socket, with what the reader wrote into the slot', async () => {
      const [a, b, out] = [await open(), await open(), await open()];
      const relay = await open({
        reader: (batch) => {
          for (let index = 0; index < batch.count; index++) {
            batch.slab[batch.offsets[index]!] = 0xff;
            out.socket.forward(batch, index, b.address, b.socket.port);
          }
          out.socket.flush();
        },
      });
      a.send(Buffer.from([1, 2, 3]), relay);
      await b.receives(1);
      expect(b.received[0]).toMatchObject({ bytes: Buffer.from([255, 2, 3]), port: out.socket.port });
    });

    it('tells many peers apart and answers each', async () => {
      const echo = await open({
        reader: (batch, socket) => {
          for (let index = 0; index < batch.count; index++) {
            socket.forward(batch, index, batch.addresses[index]!, batch.ports[index]!);
          }
          socket.flush();
        },
      });
      const peers = await Promise.all(Array.from({ length: 40 }, () => open()));
      for (const peer of peers) peer.send(Buffer.from(`from ${peer.socket.port}`), echo);
      await Promise.all(peers.map((peer) => peer.receives(1)));
      for (const { received, socket } of peers)
        expect(String(received[0]!.bytes)).toBe(`from ${socket.port}`);
    });

    it('carries IPv6', async () => {
      const [a, b] = [await open({ host: '::1' }), await open({ host: '::1' })];
      a.send(pattern(100), b);
      await b.receives(1);
      expect(b.received[0]).toMatchObject({ host: '::1', port: a.socket.port, bytes: pattern(100) });
    });

    it('leaves IPv4 to another socket when it is bound to every IPv6 address', async () => {
      const six = await open({ host: '::' });
      const four = await open({ host: '0.0.0.0', port: six.socket.port });
      expect(four.socket.port).toBe(six.socket.port);
    });

    it('takes a port of the system’s choice for 0 and names it', async () => {
      const { socket } = await open();
      expect(socket.host).toBe(loopback);
      expect(socket.port).toBeGreaterThan(0);
    });

    it.each([
      ['port 0', loopback, 0, 10],
      ['port 65536', loopback, 65_536, 10],
      ['a port that is no number', loopback, Number.NaN, 10],
      ['an address of the other family', '::1', 9, 10],
      ['more than a datagram holds', loopback, 9, largestDatagram + 1],
    ])('counts and tells what cannot be sent: %s', async (_what, host, port, size) => {
      const failing = await open();
      failing.socket.send(pattern(size), parseAddress(host)!, port);
      failing.socket.flush();
      expect(failing.failures).toEqual([]);
      await failing.fails(1);
      expect(failing.failures[0]!.message).toContain(`${host}:${port}`);
      expect(failing.socket.counters).toEqual({ received: 0, sent: 0, failed: 1 });
    });

    it('counts and tells what cannot be sent: an address that was given up', async () => {
      const failing = await open();
      failing.socket.send(pattern(10), 2 ** 33, 9);
      failing.socket.flush();
      await failing.fails(1);
      expect(failing.socket.counters.failed).toBe(1);
    });

    it('goes on after a datagram that could not be sent', async () => {
      const [a, b] = [await open(), await open()];
      a.socket.send(pattern(10), b.address, 0);
      a.send(pattern(20), b);
      await b.receives(1);
      expect(b.received[0]!.bytes.length).toBe(20);
    });

    it('counts what it received and sent', async () => {
      const [a, b] = [await open(), await open()];
      for (let index = 0; index < 10; index++) a.send(pattern(index), b);
      await b.receives(10);
      expect(b.socket.counters.received).toBe(10);
      expect(a.socket.counters).toEqual({ received: 0, sent: 10, failed: 0 });
    });

    it.each([loopback, '::1'])('names host and port when the address %s is in use', async (host) => {
      const { port } = (await open({ host })).socket;
      await expect(open({ host, port })).rejects.toMatchObject({
        code: 'EADDRINUSE',
        message: expect.stringContaining(`${host}:${port}`),
      });
    });

    it('refuses to open on what is no address of this machine', async () => {
      await expect(open({ host: '192.0.2.1' })).rejects.toThrow('192.0.2.1');
    });

    it('shares an address when both sockets ask for it', async () => {
      const first = await open({ reusePort: true });
      const second = await open({ reusePort: true, port: first.socket.port });
      expect(second.socket.port).toBe(first.socket.port);
    });

    it('says how much receive buffer was granted', async () => {
      const modest = (await open({ receiveBuffer: 65_536 })).socket;
      expect(modest.receiveBuffer).toEqual({ asked: 65_536, granted: 65_536 });
      const greedy = (await open({ receiveBuffer: 2 ** 30 })).socket;
      expect(greedy.receiveBuffer.asked).toBe(2 ** 30);
      expect(greedy.receiveBuffer.granted).toBeLessThan(2 ** 30);
    });

    it('frees the address before it says that it is closed', async () => {
      const { socket } = await open();
      await socket.close();
      expect((await open({ port: socket.port })).socket.port).toBe(socket.port);
    });

    it('closes once, however often it is asked', async () => {
      const { socket } = await open();
      await Promise.all([socket.close(), socket.close()]);
      await socket.close();
    });

    it('closes while it is sending, and accounts for every datagram', async () => {
      const [a, b] = [await open(), await open()];
      for (let index = 0; index < 500; index++) a.socket.send(pattern(1000), b.address, b.socket.port);
      await a.socket.close();
      const { sent, failed } = a.socket.counters;
      expect(sent + failed).toBe(500);
    });

    it('counts what is sent after it was closed', async () => {
      const closed = await open();
      await closed.socket.close();
      closed.write(pattern(10), closed);
      await closed.fails(1);
      expect(closed.socket.counters).toEqual({ received: 0, sent: 0, failed: 1 });
    });
  });
}

function opener(backing: DatagramBacking): (options?: Partial<DatagramOptions>) => Promise<Peer> {
  const opened: DatagramSocket[] = [];
  afterEach(() => Promise.all(opened.splice(0).map((socket) => socket.close())));
  return async (options = {}) => {
    const peer = new Peer();
    peer.socket = await backing(peer.options(options));
    opened.push(peer.socket);
    return peer;
  };
}

function pattern(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + size) & 255));
}
