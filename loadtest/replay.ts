/**
 * How long `tandem replay` takes: made-up calls by two configurations of a thousand users and 200 routes. Ends with 1 when
 * a call in five hundred is not found to be otherwise, as it is made.
 *
 *   node loadtest/replay.ts --calls 100000
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '100000' } } });
const calls = Number(values.calls);
const users = 1_000;
const routes = 200;
/** Every so many-th call is to the prefix whose route is another one in the proposal. */
const share = 500;

const folder = await mkdtemp(join(tmpdir(), 'tandem-replay-'));
const [current, proposed, recording] = ['current', 'proposed', 'calls.ndjson'].map((name) =>
  join(folder, name),
);

await configure(current!, 'near');
await configure(proposed!, 'far');
await writeFile(
  recording!,
  Array.from({ length: calls }, (_, index) => `${JSON.stringify(batch(index))}\n`).join(''),
);
const start = performance.now();
const main = join(import.meta.dirname, '../services/cli/src/main.ts');
const child = spawn(
  process.execPath,
  [main, 'replay', recording!, '-f', proposed!, '--against', current!, '--limit', '1'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const output: string[] = [];
child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
await once(child, 'close');
const seconds = (performance.now() - start) / 1_000;
const last = output.join('').trim().split('\n').at(-1);
process.stdout.write(`${last}, in ${seconds.toFixed(1)} s\n`);
const isRight = last === `${calls} calls, ${Math.ceil(calls / share)} of them otherwise`;
if (!isRight) process.exitCode = 1;

/** A configuration whose one route goes by a trunk of its own. */
async function configure(path: string, trunk: string): Promise<void> {
  const tenant = (kind: string, name: string, spec: object) =>
    JSON.stringify({ apiVersion: 'tandem/v1', kind, metadata: { tenant: 'acme', name }, spec });
  const all = [
    JSON.stringify({
      apiVersion: 'tandem/v1',
      kind: 'Tenant',
      metadata: { name: 'acme' },
      spec: { domains: ['acme.example'] },
    }),
    ...['near', 'far'].map((name) => tenant('Trunk', name, { contacts: [`sip:${name}.example`] })),
    ...Array.from({ length: users }, (_, index) =>
      tenant('User', String(1_000 + index), { credentials: { password: 'x' } }),
    ),
    ...Array.from({ length: routes }, (_, index) =>
      tenant('Route', `r${index}`, {
        match: { prefix: `+${100 + index}` },
        trunks: [index === 0 ? trunk : 'near'],
      }),
    ),
  ];
  await mkdir(path);
  await writeFile(join(path, 'all.yaml'), all.join('\n---\n'));
}

/** What a node has seen of a call: its INVITE. */
function batch(index: number): object {
  const prefix = index % share === 0 ? 100 : 101 + (index % (routes - 1));
  const from = `sip:${1_000 + (index % users)}@acme.example`;
  const uri = `sip:+${prefix}${1_000_000 + index}@acme.example`;
  const text =
    `INVITE ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK${index}\r\nMax-Forwards: 70\r\nFrom: <${from}>;tag=1\r\n` +
    `To: <${uri}>\r\nCall-ID: ${index}@h\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`;
  const at = 1_800_000_000_000 + index;
  const entry = {
    kind: 'message',
    at,
    direction: 'received',
    transport: 'udp',
    local: '192.0.2.9:5060',
    peer: '192.0.2.1:5060',
    text,
  };
  return { node: 'edge-1', callId: `${index}@h`, call: '', entries: [entry] };
}
