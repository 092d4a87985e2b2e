import type { router } from '@tandem/contract';
import { isWithin, type Snapshot, type Trunk, trunkRealms } from '@tandem/resource';
import { answerChallenge, Fault, type HmacKey, hmac, withoutUser } from '@tandem/sip';
import { trunkChallengeRefused } from './faults.ts';
import { refusal } from './refusal.ts';
import { rejection, verdict } from './verdict.ts';

/**
 * Answers the challenge of a trunk for a request that an edge has sent there. The password stays here. Never for another
 * server than the trunk's own, nor another realm: whoever is called could ask for what proves us (CVE-2021-41158).
 */
export function answerTrunk(snapshot: Snapshot, key: HmacKey, request: router.Request): router.Verdict {
  const asked = request.challenged!;
  const refuse = (detail: string): router.Verdict =>
    rejection(request, refusal(trunkChallengeRefused, 'trunk', detail), []);
  const trunk = snapshot.trunk(asked.tenant, asked.trunk);
  if (!trunk?.enabled) return refuse(`${asked.trunk} is no trunk that is enabled`);
  if (!trunk.auth) return refuse(`trunk ${trunk.name} has no auth`);
  const where = asked.peer || asked.uri;
  if (!isOwnServer(trunk, asked)) return refuse(`${where} is no ${placeOf(asked)} of trunk ${trunk.name}`);
  try {
    const { password, username } = trunk.auth;
    const account = { username, password: password.reveal(), realm: trunkRealms(trunk) };
    const cnonce = hmac(key, `cnonce ${request.callId} ${request.key} ${asked.challenges.join()}`).slice(
      0,
      16,
    );
    const { challenges, method, uri } = asked;
    const value = answerChallenge(challenges, account, { method, uri, cnonce, nonceCount: 1 });
    return verdict(request, { $case: 'credentials', value: { value } }, []);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return refuse(`${error.detail}; trunk ${trunk.name} answers ${trunkRealms(trunk).join(', ')}`);
  }
}

function isOwnServer({ contacts, identify }: Trunk, { known, peer, uri }: router.Challenged): boolean {
  if (peer !== '') return known || isWithin(identify.sources, peer);
  return contacts.some((contact) => withoutUser(contact) === withoutUser(uri));
}

function placeOf({ peer }: router.Challenged): string {
  return peer === '' ? 'contact' : 'place';
}
