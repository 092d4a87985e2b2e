import type {
  ClientTransaction,
  CredentialsHeader,
  Fault,
  SipResponse,
  Timer,
  TransactionFailure,
} from '@tandem/sip';
import type { Destination } from './destination.ts';
import { flowFailed, targetUnreachable } from './faults.ts';
import type { NextHops } from './next-hops.ts';
import type { ClientUser } from './parts.ts';
import type { Screen } from './proxy-owner.ts';
import type { Flow } from './socket/flow.ts';

/** Who hears what becomes of branches. */
interface BranchUser {
  responded(branch: Branch, response: SipResponse): void;
  /** It has answered 503, which may be true of one server only. */
  unavailable(branch: Branch, response: SipResponse): void;
  /** `result` says what the place has done; undefined when it is not to blame. */
  failed(branch: Branch, status: number, result?: string): void;
  flowFailed(branch: Branch): void;
  /** Somebody outside asks for credentials. */
  challenged(branch: Branch, response: SipResponse): void;
  unsendable(fault: Fault): void;
}

/** Credentials of ours in a request to a trunk. */
export interface Authorized {
  readonly headers: readonly (readonly [name: CredentialsHeader, value: string])[];
  readonly times: number;
}

/** One client transaction of a proxied request: a destination, at one of the places that it may be at. */
export class Branch implements ClientUser {
  /** Of the destination. */
  readonly id: number;
  readonly destination: Destination;
  tx: ClientTransaction<Flow, ClientUser> | undefined;
  /** What stands between it and the sender, where one of them is outside. */
  veil: Screen | undefined;
  /** The last 2xx and what went upstream for it: repeated ones are answered alike (RFC 6026 §7.1). */
  success: { readonly received: string; readonly sent: string } | undefined;
  /** The places that are left; undefined while they are looked for. */
  hops: NextHops | undefined;
  /** What a trunk has got that asked for credentials, and how often it has. */
  authorized: Authorized = { headers: [], times: 0 };
  /** Runs until something is heard, where there are other places to try. */
  patience: Timer | undefined;
  readonly #request: BranchUser;

  constructor(id: number, destination: Destination, request: BranchUser) {
    this.id = id;
    this.destination = destination;
    this.#request = request;
  }

  response(response: SipResponse): void {
    const { status } = response;
    // Whoever has the flow says that it is gone, or has no room: that is no answer of the phone.
    const isFlowLost = status === flowFailed.status || (status === 503 && this.tx?.flow.carrier);
    // It is for the edge that asked for this very flow to try another one.
    if (isFlowLost && !this.destination.isRouted) this.#request.flowFailed(this);
    else if (status === 503) this.#request.unavailable(this, response);
    else if ((status === 401 || status === 407) && this.veil?.keepsChallenges)
      this.#request.challenged(this, response);
    else this.#request.responded(this, response);
  }

  failed(cause: TransactionFailure): void {
    const failure = this.tx?.flow.failure;
    if (failure) this.#request.unsendable(failure);
    if (cause === 'timeout') this.#request.failed(this, 408, 'has not answered');
    else this.#request.failed(this, targetUnreachable.status, 'cannot be connected to');
  }

  /** Another of the flows of its phone. */
  get alternative(): Destination | undefined {
    return this.destination.alternatives?.length ? this.next : undefined;
  }

  /** Where else its phone may be reached. Only another edge's flow that is gone leaves the contact itself to be tried. */
  get next(): Destination | undefined {
    const { flow, alternatives: [other, ...others] = [], ...direct } = this.destination;
    if (other) return { ...other, alternatives: others };
    return this.tx?.flow.carrier && flow && !flow.only ? direct : undefined;
  }
}
