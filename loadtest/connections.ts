/**
 * Connections that phones hold on one edge: how much memory each takes, and whether all of it comes back when they go.
 * `node loadtest/connections.ts --transport wss --count 10000 --rounds 2`; or tcp, tls, ws; as root.
 */
import type { Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { openFiles } from '../test/fuzz/proc.ts';
import { Authority } from '../test/harness/authority.ts';
import { until } from '../test/harness/deadline.ts';
import { openIdle, type Place } from '../test/harness/idle-peer.ts';
import type { Network } from '../test/harness/network.ts';
import { Tandem } from '../test/harness/tandem.ts';
import { Inspector } from './inspector.ts';
import { cpuSeconds, onNetwork, residentKilobytes, say } from './measure.ts';
import { tenant } from './round.ts';

const inspectorPort = 9229;
/** Connections that are being opened at once; an edge wants few of one source that have said nothing. */
const width = 50;
/** Octets of heap a connection that may be left, from one round to the next. */
const residue = 200;
/** Milliseconds until an edge has closed what its peers have closed. */
const settling = 30_000;

const { values } = parseArgs({
  options: {
    transport: { type: 'string', default: 'wss' },
    count: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '2' },
  },
});
const count = Number(values.count);

/** What a Tandem that is idle needs. */
interface State {
  readonly files: number;
  readonly heap: number;
  readonly resident: number;
}

async function measure(network: Network): Promise<number> {
  const host = await network.host('tandem');
  const inspect = `${host.address}:${inspectorPort}`;
  const place = { transport: readTransport(), host: host.address, port: 5070 };
  const flags = await flagsFor(place);
  const tandem = await Tandem.start(host, tenant, flags, [`--inspect=${inspect}`]);
  const inspector = await Inspector.connect(inspect);
  const look = async (): Promise<State> => {
    // What is freed by the first collection lets go of more.
    await inspector.heapUsed();
    const heap = await inspector.heapUsed();
    return { files: openFiles(tandem.pid), heap, resident: residentKilobytes(tandem.pid) * 1024 };
  };
  // What runs for the first time is compiled and kept.
  await close(tandem, await open(place, 500), (await look()).files);
  const idle = [await look()];
  for (let round = 1; round <= Number(values.rounds); round++) {
    const before = idle.at(-1)!;
    const cpu = cpuSeconds(tandem.pid);
    const sockets = await open(place, count);
    const [spent, full] = [cpuSeconds(tandem.pid) - cpu, await look()];
    await close(tandem, sockets, before.files);
    idle.push(await look());
    report(round, { before, full, after: idle.at(-1)!, spent });
  }
  inspector.close();
  await tandem.stop();
  return idle.at(-1)!.heap - idle[0]!.heap > residue * count ? 1 : 0;
}

function readTransport(): Place['transport'] {
  const found = (['tcp', 'tls', 'ws', 'wss'] as const).find((each) => each === values.transport);
  if (!found) throw new Error('--transport must be tcp, tls, ws or wss');
  return found;
}

async function flagsFor({ host, port, transport }: Place): Promise<string[]> {
  const { certificate, key } = await (await Authority.create()).issue(['DNS:acme.example']);
  const most = `${count + 1_000}`;
  return [
    ...['--log-level', 'warn', '--sip-listen', `udp://${host}:5060,${transport}://${host}:${port}`],
    ...['--sip-tls-certificate', certificate, '--sip-tls-key', key],
    ...['--sip-max-connections', most, '--sip-max-connections-per-source', most],
  ];
}

async function open(place: Place, wanted: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  let left = wanted;
  const openOneByOne = async (): Promise<void> => {
    while (left-- > 0) sockets.push(await openIdle(place));
  };
  await Promise.all(Array.from({ length: width }, openOneByOne));
  return sockets;
}

/** Waits until Tandem has no more open than before. Throws when that does not come. */
async function close({ pid }: Tandem, sockets: readonly Socket[], before: number): Promise<void> {
  const lost = sockets.filter(({ destroyed }) => destroyed).length;
  if (lost > 0) throw new Error(`${lost} connections were cut off`);
  for (const socket of sockets) socket.destroy();
  await until(
    () => `the end of ${openFiles(pid) - before} connections`,
    () => openFiles(pid) <= before,
    settling,
  );
}

interface Round {
  readonly before: State;
  readonly full: State;
  readonly after: State;
  readonly spent: number;
}

function report(round: number, { before, full, after, spent }: Round): void {
  const each = (from: number, to: number): string => ((to - from) / count / 1024).toFixed(1);
  say(
    `round ${round}: ${count} over ${values.transport}, each ${each(before.resident, full.resident)} KiB resident, ` +
      `of it ${each(before.heap, full.heap)} KiB heap, ${((spent / count) * 1e6).toFixed(0)} us CPU to open`,
  );
  say(
    `round ${round}: when they are gone, heap ${mebibytes(after.heap - before.heap)} MiB above what it was, ` +
      `resident ${mebibytes(after.resident - before.resident)} MiB`,
  );
}

function mebibytes(octets: number): string {
  return (octets / 2 ** 20).toFixed(1);
}

await onNetwork('connections', measure);
