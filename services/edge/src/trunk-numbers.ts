import type { TrunkAccount } from './outsider.ts';
import type { DialogToken, Party } from './token.ts';
import { maxTimes } from './trunk-challenge.ts';

/** RFC 3261 §8.1.1.5 */
const limit = 2 ** 31;

type Dialogue = Pick<DialogToken, 'outsiders'>;

/** The trunk that a request of a party goes to, where its challenges are answered. */
export function accountFor({ outsiders }: Dialogue, sender: Party): TrunkAccount | undefined {
  return outsiders?.[sender === 'caller' ? 'callee' : 'caller']?.account;
}

/**
 * The number by which a trunk with credentials knows a request of a dialog. Numbers are left out (RFC 3261 §12.2.2 allows
 * that), so that a request which is sent again has one of its own, and any edge knows all of them by the token alone.
 */
export function spread(token: Dialogue, sender: Party, number: number): number {
  const first = accountFor(token, sender)?.first;
  if (first === undefined || number < first) return number;
  const far = first + (number - first) * (maxTimes + 1);
  return far + maxTimes < limit ? far : number;
}

/** How many numbers are free behind that of a request. */
export function spare(token: Dialogue, sender: Party, number: number): number {
  const step = spread(token, sender, number + 1) - spread(token, sender, number);
  return step > maxTimes ? maxTimes : 0;
}
