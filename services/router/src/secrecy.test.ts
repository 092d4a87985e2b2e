import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { router } from '@tandem/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, decisionOf, Rig, sampleRegister, sampleRequest, sampleSnapshot } from './sample.ts';

/** The hashes that were made, by algorithm, in order. */
const hashes: string[] = [];
const { hash } = crypto;

beforeEach(() => {
  crypto.hash = ((algorithm: string, ...rest: [string, 'hex']) => {
    hashes.push(algorithm);
    return hash(algorithm, ...rest);
  }) as typeof hash;
  syncBuiltinESMExports();
});

afterEach(() => {
  crypto.hash = hash;
  syncBuiltinESMExports();
});

const digest = { MD5: '0'.repeat(32), 'SHA-256': '1'.repeat(64) };
const algorithms = ['MD5', 'SHA-256'] as const;

/** Users of all kinds, and one that nobody is. */
const names = ['1001', '1003', 'hashed', 'half', 'nobody-has-this-name'];

function rig(): Rig {
  const tenant = { domains: ['acme.example'], auth: { algorithms } };
  const hashed = { credentials: { ha1: digest } };
  const half = { credentials: { ha1: { MD5: digest.MD5 } } };
  return new Rig(sampleSnapshot({ acme: tenant }, { 'acme/hashed': hashed, 'acme/half': half }));
}

function requestOf(method: string, name: string): router.Request {
  const party = `<sip:${name}@acme.example>`;
  return method === 'REGISTER'
    ? sampleRegister({ to: party, from: party })
    : sampleRequest({ method, from: `${party};tag=1` });
}

/** What a guess costs and what it is told. */
async function guess(method: string, name: string, algorithm: string): Promise<readonly [string[], object]> {
  const { router } = rig();
  const request = requestOf(method, name);
  const challenged = await router.decide(request);
  const { challenges } = decisionOf(challenged, 'challenge');
  const offered = { ...challenged };
  const only = challenges.filter((each) => each.includes(`algorithm=${algorithm}`));
  offered.decision = { $case: 'challenge', value: { status: 401, challenges: only, fault: '' } };
  const credentials = answer(request, offered, { username: name, password: 'a guess' });
  hashes.length = 0;
  const verdict = await router.decide({ ...request, authorization: [credentials] });
  return [[...hashes], told(verdict)];
}

/** What goes out on the wire, without what differs each time. */
function told(verdict: router.Verdict): object {
  const { status, challenges } = decisionOf(verdict, 'challenge');
  return { status, challenges: challenges.map((each) => each.replace(/nonce="[^"]*"/, '')) };
}

describe.each(['REGISTER', 'INVITE', 'MESSAGE'])('a %s', (method) => {
  it('without credentials has the same answer whoever it is of', async () => {
    const { router } = rig();
    const answers = await Promise.all(names.map((name) => router.decide(requestOf(method, name))));
    for (const each of answers) expect(told(each)).toEqual(told(answers[0]!));
  });

  it.each(algorithms)(
    'with a wrong password in %s has the same answer after the same work',
    async (algorithm) => {
      const first = await guess(method, names[0]!, algorithm);
      expect(first[0].length).toBeGreaterThan(2);
      for (const name of names) expect(await guess(method, name, algorithm)).toEqual(first);
    },
  );
});

it('keeps nothing of challenges, nor of guesses', async () => {
  const counted = rig();
  const { router } = counted;
  for (let index = 0; index < 1_000; index++) {
    const request = requestOf('REGISTER', names[index % names.length]!);
    const challenged = await router.decide({ ...request, cseq: index });
    const authorization = [
      answer(request, challenged, { username: names[index % names.length]!, password: 'x' }),
    ];
    await router.decide({ ...request, cseq: index, authorization });
  }
  expect(counted.claims).toBe(0);
});
