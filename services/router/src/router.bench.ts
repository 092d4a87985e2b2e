import type { router } from '@tandem/contract';
import { MemoryLocation } from '@tandem/location';
import { MemoryCallLimits, MemoryNonceCounts } from '@tandem/platform';
import { it } from 'vitest';
import { Router } from './router.ts';
import { answer, connection, sampleRegister, sampleRequest, sampleSnapshot, start } from './sample.ts';

const users = 100_000;
const names = Array.from({ length: users }, (_, index) => String(200_000 + index));
const snapshot = sampleSnapshot({}, Object.fromEntries(names.map((name) => [`acme/${name}`, {}])));

let now = start;
let turn = 0;
const decider = new Router({
  snapshot: () => snapshot,
  location: new MemoryLocation(),
  nonceCounts: new MemoryNonceCounts(),
  limits: new MemoryCallLimits(),
  secret: 'secret',
  lineSecret: 'line',
  now: () => now,
});

function registerOf(name: string): router.Request {
  const to = `<sip:${name}@acme.example>`;
  const contacts = [`<sip:${name}@192.0.2.10:5060>`];
  return sampleRegister({ to, from: `${to};tag=1`, contacts, callId: `${name}@192.0.2.10`, cseq: ++turn });
}

function callOf(name: string): router.Request {
  return sampleRequest({ requestUri: `sip:${name}@acme.example`, callId: `call-${++turn}` });
}

/** A challenge and its answer; the phone's own hashing is part of the time. */
async function cycle(request: router.Request, username: string): Promise<void> {
  now++;
  const challenged = await decider.decide(request);
  const authorization = [answer(request, challenged, { username })];
  await decider.decide({ ...request, cseq: ++turn, authorization });
}

/** Wrong credentials. */
async function guess(name: string): Promise<void> {
  const request = registerOf(name);
  const authorization = [answer(one, challenged, { username: name, password: 'a guess' })];
  await decider.decide({ ...request, authorization });
}

for (const name of names) await cycle(registerOf(name), name);

const one = registerOf(names[0]!);
const challenged = await decider.decide(one);
const vouched = { tenant: 'acme', user: '1001' };

it(`decisions with ${users} users`, async ({ bench }) => {
  await bench.compare(
    bench('challenge a REGISTER', async () => {
      await decider.decide(registerOf(names[turn % users]!));
    }),
    bench('the hashing of a phone', () => {
      answer(one, challenged, { username: names[0]! });
    }),
    bench('challenged REGISTER cycle, hashing of the phone included', async () => {
      const name = names[turn % users]!;
      await cycle(registerOf(name), name);
    }),
    bench('challenged INVITE cycle, hashing of the phone included', async () => {
      await cycle(callOf(names[turn % users]!), '1001');
    }),
    bench('a wrong password', async () => {
      await guess(names[turn % users]!);
    }),
    bench('a user that nobody is', async () => {
      await guess(`x${turn % users}`);
    }),
    bench('INVITE over a connection that vouches', async () => {
      await decider.decide({ ...callOf(names[turn % users]!), flow: connection, vouched });
    }),
    bench('INVITE to an unknown user', async () => {
      await decider.decide({ ...callOf('2oooo1'), flow: connection, vouched });
    }),
  );
});
