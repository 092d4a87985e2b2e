import { type Edit, type Fault, parseMessage, type SipRequest, SipResponse } from '@tandem/sip';
import type { Screen } from './proxy-owner.ts';

/** Stands between two parties that are both outside: what one of them lets through, the other one covers. */
export class TwoVeils implements Screen {
  /** Before the sender of the request. */
  readonly #near: Screen;
  /** Before its receiver. */
  readonly #far: Screen;

  constructor(near: Screen, far: Screen) {
    this.#near = near;
    this.#far = far;
  }

  get keepsChallenges(): boolean {
    return this.#far.keepsChallenges;
  }

  request(request: SipRequest, sdp?: string): SipRequest {
    return this.#far.request(this.#near.request(request, sdp), sdp);
  }

  response(response: SipResponse, request: SipRequest, sdp?: string | Fault): Edit {
    const disclosed = parseMessage(this.#far.response(response, request, sdp).write());
    if (disclosed instanceof SipResponse) return this.#near.response(disclosed, request, sdp);
    throw new Error(`a ${response.status} is none any more behind its veil`);
  }
}
