import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RedisLocation, type RegistrationChange } from '@tandem/location';
import { sampleChange, sampleConnection, sampleContact } from '@tandem/location/compliance';
import { RedisCallStore } from '@tandem/platform';
import { sampleCall } from '@tandem/platform/compliance';
import { afterAll, it } from 'vitest';
import { openRedis } from '../harness/redis-client.ts';
import { RedisServer } from '../harness/redis-server.ts';

const now = Date.now();
const users = 50_000;
const together = 64;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const server = await RedisServer.start();
const redis = await openRedis(server.url);

afterAll(async () => {
  await redis.close();
  await server.stop();
});

/** What a phone behind NAT sends. */
function changeOf(user: number, cseq: number, flow: RegistrationChange['flow']): RegistrationChange {
  const host = `10.${user >> 16}.${(user >> 8) & 255}.${user & 255}`;
  const contact = `sip:${user}@${host}:5060;transport=${flow.transport}`;
  const callId = `a84b4c76-e667-10aa-b3f2-${String(user).padStart(12, '0')}`;
  return sampleChange({ callId, cseq, contacts: [sampleContact(host, { contact })], flow });
}

async function usedMemory(): Promise<number> {
  const line = (await server.cli('info', 'memory')).find((each) => each.startsWith('used_memory:'));
  return Number(line?.split(':')[1]);
}

/** Registers everybody and says what each takes, in the store and here. */
async function fill(flowOf: (user: number) => RegistrationChange['flow']) {
  await server.cli('flushall');
  collect();
  const before = [await usedMemory(), process.memoryUsage().heapUsed] as const;
  const location = new RedisLocation(redis);
  for (let first = 0; first < users; first += 500) {
    const some = Array.from({ length: 500 }, (_, index) => first + index);
    await Promise.all(
      some.map((user) => location.update(`acme/${user}`, changeOf(user, 1, flowOf(user)), now)),
    );
  }
  collect();
  const after = [await usedMemory(), process.memoryUsage().heapUsed] as const;
  const [stored = 0, cached = 0] = after.map((bytes, index) => Math.round((bytes - before[index]!) / users));
  return { location, text: `${stored} bytes in Redis, ${cached} in the process` };
}

const connected = await fill((user) => sampleConnection(user + 1));
const datagram = await fill(() => sampleChange().flow);
const { location } = datagram;
const calls = new RedisCallStore(redis);
const another = new RedisLocation(redis);

let turn = 0;
const user = () => turn++ % users;
const times = (task: () => Promise<unknown>) => () => Promise.all(Array.from({ length: together }, task));

function refresh(by: RedisLocation): Promise<unknown> {
  const who = user();
  return by.update(`acme/${who}`, changeOf(who, turn + 1, sampleChange().flow), now);
}

function call(): Promise<unknown> {
  const dialog = { text: 'x'.repeat(500) };
  const record = sampleCall({ startedMs: now, answeredMs: now, state: 'answered', dialog });
  return calls
    .put(record, now + 60_000, now)
    .then(() => calls.take(record.id, { node: record.node, end: {}, isOwn: true }, now))
    .then(() => calls.finish(record.id, record.node));
}

it(`Redis, ${together} at once; a binding over UDP: ${datagram.text}, over TCP: ${connected.text}`, async ({
  bench,
}) => {
  await bench.compare(
    bench(
      `${together} refreshes`,
      times(() => refresh(location)),
    ),
    bench(
      `${together} refreshes through a router that knows nobody`,
      times(() => refresh(another)),
    ),
    bench(
      `${together} lookups`,
      times(() => location.lookup([`acme/${user()}`], now)),
    ),
    bench(`${together} call records, put and taken`, times(call)),
    bench('one refresh', () => refresh(location)),
    bench('one lookup', () => location.lookup([`acme/${user()}`], now)),
    bench('one lookup of 10', () =>
      location.lookup(
        Array.from({ length: 10 }, () => `acme/${user()}`),
        now,
      ),
    ),
    bench('a page of 100', () => location.list({ limit: 100 }, now)),
  );
});
