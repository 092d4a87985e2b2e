/**
 * Connections held on one `tandem up`: what each costs it in memory, and whether all of that comes back when they go.
 * `node loadtest/connections.ts --transport tls --connections 10000`; as root. Both ends need as many open files.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Authority } from '../test/harness/authority.ts';
import { until } from '../test/harness/deadline.ts';
import type { Host } from '../test/harness/host.ts';
import { Network } from '../test/harness/network.ts';
import { seriesOf, sumOf } from '../test/harness/scrape.ts';
import { Tandem } from '../test/harness/tandem.ts';
import { type Held, hold, type Kind, kinds } from './held-connection.ts';
import { Inspector } from './inspector.ts';
import { cpuSeconds, insideNamespace, residentKilobytes, say } from './measure.ts';

const inspectorPort = 9229;
/** Handshakes under way at once: fewer than a source may have. */
const width = 64;
const { values } = parseArgs({
  options: {
    transport: { type: 'string', default: 'tls' },
    connections: { type: 'string', default: '10000' },
    /** Seconds that they are held for. */
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '1' },
  },
});
const wanted = Number(values.connections);

async function main(): Promise<number> {
  const kind = kinds.find((each) => each === values.transport);
  if (!kind) throw new Error(`--transport is one of ${kinds.join(', ')}`);
  const network = await Network.open('connections');
  try {
    return await measure(network, kind);
  } finally {
    await network.close();
  }
}

async function measure(network: Network, kind: Kind): Promise<number> {
  const tandem = await start(await network.host('tandem'), kind);
  const inspector = await Inspector.connect(`${tandem.host.address}:${inspectorPort}`);
  let lost = 0;
  for (let round = 1; round <= Number(values.rounds); round++)
    lost += await runRound(tandem, inspector, kind);
  inspector.close();
  await tandem.stop();
  if (lost > 0) say(`${lost} connections were lost`);
  return lost;
}

/** The heap shrinks again behind it; resident memory stays for the next round, and must not grow with each. */
async function runRound(tandem: Tandem, inspector: Inspector, kind: Kind): Promise<number> {
  const before = await memory(tandem, inspector);
  say(`before: ${describe(before)}`);
  const [began, cpu] = [performance.now(), cpuSeconds(tandem.pid)];
  const held = await open(kind, tandem.host.address);
  const seconds = (performance.now() - began) / 1_000;
  const opened = await count(tandem, kind);
  const each = ((cpuSeconds(tandem.pid) - cpu) / wanted) * 1_000;
  say(`${opened} connections over ${kind} in ${seconds.toFixed(1)} s, ${each.toFixed(2)} ms CPU each`);
  await delay(Number(values.seconds) * 1_000);
  const during = await memory(tandem, inspector);
  say(`held: ${describe(during)}: ${perConnection(before, during)}`);
  const lost = wanted - (await count(tandem, kind));
  for (const connection of held) connection.close();
  await until(
    () => 'the end of all connections',
    // Both processes have their hands full for a moment.
    async () => (await count(tandem, kind).catch(() => wanted)) === 0,
    60_000,
  );
  say(`gone: ${describe(await memory(tandem, inspector))}`);
  return lost;
}

async function start(host: Host, kind: Kind): Promise<Tandem> {
  const authority = await Authority.create();
  const { certificate, key } = await authority.issue([`IP:${host.address}`]);
  const listen = [`udp://${host.address}:5060`, `${kind}://${host.address}:5061`].join(',');
  const most = String(2 * wanted);
  return Tandem.start(
    host,
    { name: 'acme', domains: ['acme.example'], users: [] },
    [
      ...['--log-level', 'warn', '--sip-listen', listen],
      ...['--sip-tls-certificate', certificate, '--sip-tls-key', key],
      ...['--sip-max-connections', most, '--sip-max-connections-per-source', most],
    ],
    [`--inspect=${host.address}:${inspectorPort}`],
  );
}

/** Opens all, some at a time; each has been answered once. */
async function open(kind: Kind, host: string): Promise<Held[]> {
  const held: Held[] = [];
  let begun = 0;
  const work = async (): Promise<void> => {
    while (begun++ < wanted) held.push(await hold(kind, host, 5061));
  };
  await Promise.all(Array.from({ length: width }, work));
  return held;
}

async function count(tandem: Tandem, transport: Kind): Promise<number> {
  return sumOf(await seriesOf(tandem), 'tandem_sip_connections', { transport });
}

interface Memory {
  readonly heap: number;
  readonly resident: number;
}

async function memory({ pid }: Tandem, inspector: Inspector): Promise<Memory> {
  const heap = await inspector.heapUsed();
  return { heap, resident: residentKilobytes(pid) * 1_024 };
}

function describe({ heap, resident }: Memory): string {
  return `heap ${(heap / 2 ** 20).toFixed(1)} MiB, resident ${(resident / 2 ** 20).toFixed(1)} MiB`;
}

function perConnection(before: Memory, after: Memory): string {
  const each = (kind: keyof Memory): string => ((after[kind] - before[kind]) / wanted / 1_024).toFixed(1);
  return `${each('heap')} KiB of heap and ${each('resident')} KiB resident for each`;
}

if (insideNamespace()) process.exitCode = (await main()) === 0 ? 0 : 1;
