import type { router } from '@tandem/contract';
import { type HmacKey, issueNonce, writeChallenge } from '@tandem/sip';
import type { Unproven } from './identity.ts';
import { asking, blameOf, verdict } from './verdict.ts';

/** Asks for credentials: one challenge for each algorithm, each with a nonce that holds for nothing else. */
export function challenge(
  key: HmacKey,
  request: router.Request,
  { realm, kind, detail, stale, steps }: Unproven,
  now: number,
): router.Verdict {
  const { method, callId, cseq, flow } = request;
  const seed = `${method} ${callId} ${cseq} ${flow?.host} ${flow?.port}`;
  const algorithms = realm.tenant?.auth.algorithms ?? ['MD5'];
  const challenges = algorithms.map((algorithm) => {
    const nonce = issueNonce(key, { algorithm, realm: realm.name }, seed, now);
    return writeChallenge({ realm: realm.name, nonce, algorithm, stale });
  });
  const status = method === 'REGISTER' ? 401 : 407;
  const value = { status, challenges, fault: kind.code, ...blameOf(kind, asking(request)) };
  return verdict(request, { $case: 'challenge', value }, [...steps, { rule: 'identity', finding: detail }]);
}
