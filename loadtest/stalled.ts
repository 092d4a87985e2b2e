/**
 * What calls cost while other peers stand still over TCP, in the middle of a message. Exits with 1 when p99 of calls is more than 10 % longer with them than without.
 * `node loadtest/stalled.ts --peers 500 --calls 2000 --rounds 4`; as root.
 */
import type { Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { openIdle } from '../test/harness/idle-peer.ts';
import type { Network } from '../test/harness/network.ts';
import { Tandem } from '../test/harness/tandem.ts';
import { acme, nextAccount } from '../test/wire/acme.ts';
import { Phone } from '../test/wire/phone.ts';
import { onNetwork, say } from './measure.ts';
import { isUnchanged, refuseAll, series, show } from './series.ts';

const { values } = parseArgs({
  options: {
    peers: { type: 'string', default: '500' },
    calls: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '4' },
  },
});
const [peers, calls, rounds] = [values.peers, values.calls, values.rounds].map(Number) as [
  number,
  number,
  number,
];
/** Connections that are opened at once: an edge wants few of one source that have said nothing. */
const width = 50;

async function measure(network: Network): Promise<number> {
  const host = await network.host('tandem');
  const line = { transport: 'tcp', local: network.gateway, remote: host.address } as const;
  const flags = ['--sip-max-connections-per-source', `${peers + 100}`, '--sip-trusted', network.gateway];
  // So many calls in so little time would take all ports for media.
  await Tandem.start(host, { ...acme, media: { anchor: 'never', inactivity: 0 } }, [
    ...flags,
    '--log-level',
    'error',
  ]);
  const [alice, bob] = [await Phone.open(nextAccount(), line), await Phone.open(nextAccount(), line)];
  await alice.register();
  await bob.register();
  void refuseAll(bob).catch(() => {});
  await series(alice, bob.uri, calls);
  const [without, beside]: [number[], number[]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    const lone = async (): Promise<void> => void without.push(...(await series(alice, bob.uri, calls)));
    const crowded = async (): Promise<void> => {
      const stalled = await stall(host.address);
      beside.push(...(await series(alice, bob.uri, calls)));
      const lost = stalled.filter(({ destroyed }) => destroyed).length;
      say(`round ${round}: ${stalled.length} peers stood still, ${lost} of them were cut off meanwhile`);
      for (const socket of stalled) socket.destroy();
    };
    // What gets slower, or faster, with time alone shall not count for one of the two.
    for (const turn of round % 2 === 1 ? [lone, crowded] : [crowded, lone]) await turn();
  }
  for (const times of [without, beside]) times.sort((a, b) => a - b);
  show('alone', without);
  show('beside peers that stand still', beside);
  bob.close();
  return isUnchanged(without, beside) ? 0 : 1;
}

/** Opens the connections of those who stand still. */
async function stall(host: string): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < peers) {
    const group = Math.min(width, peers - sockets.length);
    const opened = Array.from({ length: group }, () => openIdle({ transport: 'tcp', host, port: 5060 }));
    sockets.push(...(await Promise.all(opened)));
  }
  for (const socket of sockets) socket.write('INVITE sip:');
  return sockets;
}

await onNetwork('stalled', measure);
process.exit();
