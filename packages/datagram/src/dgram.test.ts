import { afterEach, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { datagramCompliance } from './compliance.ts';
import { Peer } from './compliance-peer.ts';
import { openDgram } from './dgram.ts';

datagramCompliance('dgram', openDgram);

const peers: Peer[] = [];

async function peer(host: string, bothFamilies = false): Promise<Peer> {
  const opened = new Peer();
  opened.socket = await openDgram(opened.options({ host, bothFamilies }));
  peers.push(opened);
  return opened;
}

afterEach(async () => {
  await Promise.all(peers.splice(0).map(({ socket }) => socket.close()));
});

it.each(['127.0.0.1', '::1'])('speaks to %s by one socket of both families', async (host) => {
  const [both, other] = [await peer('::', true), await peer(host)];
  both.socket.send(Buffer.from('to you'), other.address, other.socket.port);
  await other.receives(1);
  expect(other.received[0]).toMatchObject({ host, port: both.socket.port });
  other.socket.send(Buffer.from('to me'), parseAddress(host)!, both.socket.port);
  await both.receives(1);
  expect(both.received[0]).toMatchObject({ host, port: other.socket.port });
});
