import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { longestQueue, placeOf, readUdpQueues } from './udp-queues.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  268: 0100007F:13C4 00000000:0000 07 00000000:00001900 00:00000000 00000000     0        0 1234 2 0000000000000000 0
  269: 0100007F:13C5 00000000:0000 07 00000000:0003E800 00:00000000 00000000     0        0 1235 2 0000000000000000 7
  270: 0200007F:13C4 00000000:0000 07 00000000:00000300 00:00000000 00000000     0        0 1236 2 0000000000000000 0
`;

it('finds the fullest of the sockets that are asked for', () => {
  const own = ['127.0.0.1', '127.0.0.2'].map((host) => placeOf({ host, port: 5060 }));
  expect(longestQueue(table, new Set(own))).toBe(0x1900);
  expect(longestQueue(table, new Set([placeOf({ host: '127.0.0.1', port: 5061 })]))).toBe(0x3e800);
  expect(longestQueue(table, new Set())).toBe(0);
});

it('writes IPv6 as the kernel does', () => {
  expect(placeOf({ host: '::1', port: 5060 })).toBe('00000000000000000000000001000000:13C4');
});

it('counts what waits at a socket', async () => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { address: host, port } = socket.address();
  expect(readUdpQueues([{ host, port }])).toBe(0);
  const sender = createSocket('udp4');
  await new Promise((resolve) => sender.send('x'.repeat(500), port, host, resolve));
  // Nothing reads before this turn of the event loop ends.
  expect(readUdpQueues([{ host, port }])).toBeGreaterThan(500);
  sender.close();
  socket.close();
});
