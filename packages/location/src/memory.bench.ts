import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { it } from 'vitest';
import type { RegistrationChange } from './change.ts';
import { sampleChange, sampleConnection, sampleContact } from './compliance.ts';
import { MemoryLocation } from './memory.ts';

const now = 1_800_000_000_000;
const bindings = 100_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** What a phone behind NAT sends. */
function changeOf(user: number, flow: RegistrationChange['flow']): RegistrationChange {
  const host = `10.${user >> 16}.${(user >> 8) & 255}.${user & 255}`;
  const contact = `sip:${user}@${host}:5060;transport=${flow.transport}`;
  const callId = `a84b4c76-e667-10aa-b3f2-${String(user).padStart(12, '0')}`;
  return sampleChange({ callId, contacts: [sampleContact(host, { contact })], flow });
}

async function fill(flowOf: (user: number) => RegistrationChange['flow']) {
  const before = heapUsed();
  const location = new MemoryLocation();
  for (let user = 0; user < bindings; user++) {
    await location.update(`acme/${user}`, changeOf(user, flowOf(user)), now);
  }
  return { location, bytes: Math.round((heapUsed() - before) / bindings) };
}

const datagram = await fill(() => sampleChange().flow);
const connected = await fill((user) => sampleConnection(user + 1));

let turn = 0;

it(`memory with 100,000 bindings, ${datagram.bytes} bytes each over UDP, ${connected.bytes} over TCP`, async ({
  bench,
}) => {
  await bench.compare(
    bench('refresh', async () => {
      const user = turn++ % bindings;
      const change = changeOf(user, sampleChange().flow);
      await datagram.location.update(`acme/${user}`, { ...change, cseq: turn + 1 }, now);
    }),
    bench('lookup', async () => {
      await datagram.location.lookup([`acme/${turn++ % bindings}`], now);
    }),
    bench('list a page of 100', async () => {
      await datagram.location.list({ limit: 100, cursor: '50000' }, now);
    }),
  );
});
