import { timingSafeEqual } from 'node:crypto';
import { type HmacKey, hmac, hmacKey } from '@tandem/sip';

/** Milliseconds that the clocks of two nodes may be apart: what somebody has overheard is soon worth nothing. */
const tolerance = 300_000;

/** Whose proof it is, or why it proves nothing. */
export type ProofCheck = { readonly node: string } | { readonly refused: string };

/** What a node shows to another one: that it knows the secret of their cluster, which it does not show. */
export class NodeProof {
  readonly #key: HmacKey;

  constructor(secret: Uint8Array) {
    this.#key = hmacKey(secret);
  }

  /** The proof of a node: its id, the time in milliseconds since 1970, and a signature. */
  issue(node: string, now: number): string {
    return `${node}.${now}.${hmac(this.#key, `${node}.${now}`)}`;
  }

  check(text: string, now: number): ProofCheck {
    const [, claim = '', node = '', at = '', signature = ''] =
      /^(([A-Za-z0-9_-]{1,63})\.([0-9]{1,15}))\.([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
    if (claim === '') return { refused: 'there is no proof of a node' };
    if (!timingSafeEqual(Buffer.from(hmac(this.#key, claim)), Buffer.from(signature))) {
      return { refused: `the cluster secret of ${node} is another one` };
    }
    const apart = Math.abs(now - Number(at));
    if (apart > tolerance)
      return { refused: `the clock of ${node} is ${Math.round(apart / 1000)} s off this one's` };
    return { node };
  }
}
