import type { router } from '@tandem/contract';
import type { BranchResult, Edit, Fault, SipRequest, SipResponse } from '@tandem/sip';
import type { Branch } from './branch.ts';
import type { DestinationGroup } from './destination.ts';
import type { Flow } from './socket/flow.ts';

/** What stands between the sender and the receiver of a request, each of which sees it otherwise. */
export interface Screen {
  /** Whether a challenge of the receiver is nothing to the sender. */
  readonly keepsChallenges: boolean;
  /** The request, whose description is changed to `sdp`, as its receiver may see it. Throws a Fault. */
  request(request: SipRequest, sdp?: string): SipRequest;
  /** A response as its sender may see it; `sdp` is what its description is changed to, or why that cannot be had. */
  response(response: SipResponse, request: SipRequest, sdp?: string | Fault): Edit;
}

/** What is done with a 2xx that came too late, or in vain, and does not go upstream. */
export interface Dismissal {
  dismiss(response: SipResponse): void;
}

/** The dialog, if there is one, lives on whatever was answered. */
export const noDismissal: Dismissal = { dismiss: () => {} };

/** What the owner of a proxied request adds to the rules of RFC 3261 §16. */
export interface ProxyOwner {
  /** The description to send on; undefined leaves the request's own. */
  readonly body: string | undefined;
  /** The same for one destination; undefined where it gets what all get. */
  bodyFor?(branch: Branch): string | undefined;
  /** Headers to set, or to remove where the value is undefined. */
  readonly headers: readonly (readonly [name: string, value: string | undefined])[];
  /** What stands between sender and receiver of a branch that leaves by `flow`, where one of them is outside. */
  veil?(branch: Branch, flow: Flow): Screen | undefined;
  /** Headers to set in a response that goes upstream. */
  responseHeaders(response: SipResponse): readonly (readonly [name: string, value: string])[];
  /** A destination is about to be sent to. */
  tried(branch: Branch): void;
  /** Takes the place that a destination needs. Rejects with a Fault when there is none. */
  admit?(place: router.Place): Promise<void>;
  /** A destination has failed that needed a place. */
  left?(place: router.Place): void;
  /** A destination could not be reached, wherever it was looked for. */
  unreached?(branch: Branch, fault: Fault): void;
  /** Our values of Record-Route for a branch that leaves by `flow`. */
  recordRoute(branch: Branch, flow: Flow): readonly string[];
  /** The description to send upstream with a response; undefined leaves its own. */
  responseBody(response: SipResponse, branch: Branch): Promise<string | undefined>;
  /** Whether a 2xx whose body cannot be had is of no use: then the request fails. */
  readonly needsBody?: boolean;
  /** Outlives the owner, for as long as phones may repeat what they answer: it refers to nothing that is large. */
  readonly late: Dismissal;
  /** A provisional response or a 2xx is going upstream. */
  forwarded(response: SipResponse, branch: Branch): void;
  /** Where a redirection leads to, when that may be asked for; nowhere when it must not be followed. */
  redirected?(response: SipResponse): Promise<readonly DestinationGroup[]>;
  /** The value of credentials that answers the challenge of a trunk. Rejects with a Fault that says why there are none. */
  authorize?(trunk: Branch, response: SipResponse): Promise<string>;
  /** No branch succeeded: this is going upstream; `ended` says what became of each. */
  finished(result: BranchResult, ended: readonly EndedBranch[]): void;
}

/** What became of a branch. */
export interface EndedBranch {
  readonly branch: Branch;
  readonly result: BranchResult;
}

/** What became of a destination. */
export interface Attempt {
  readonly target: string;
  readonly status: number;
}
