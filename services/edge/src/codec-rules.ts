import {
  type CodecPolicy,
  codecMismatch,
  mediaMismatch,
  type Restriction,
  restrictCodecs,
} from '@tandem/sdp';
import { Fault, type SipRequest } from '@tandem/sip';
import { sdpOf } from './body.ts';
import { type Destination, type DestinationGroup, onlyThose } from './destination.ts';
import type { EdgeParts } from './parts.ts';
import type { Party } from './token.ts';

/** What the parties of a call may use; undefined where each may use anything. */
export function codecPolicy(
  caller: readonly string[],
  callee: readonly string[] = [],
): CodecPolicy | undefined {
  return caller.length === 0 && callee.length === 0 ? undefined : { caller, callee };
}

/** A description as the parties may have it; the same where nothing is ruled. Throws a Fault. */
export function restricted(sdp: string, policy: CodecPolicy | undefined, restriction?: Restriction): string {
  return policy ? restrictCodecs(sdp, policy, restriction) : sdp;
}

/** The description in a message of `sender`, as the other party may have it. An offer of which nothing is left is refused. */
export function restrictedOffer(sdp: string, policy: CodecPolicy | undefined, sender: Party): string {
  const preferredBy = sender === 'caller' ? 'callee' : 'caller';
  return restricted(sdp, policy, { preferredBy, mayRefuse: true });
}

/** Whether a fault is that of an offer of which nothing was left. */
export function isMismatch(error: unknown): error is Fault {
  return error instanceof Fault && [codecMismatch, mediaMismatch].includes(error.kind);
}

/**
 * The groups without the targets that may use nothing of what the caller offers: nobody is bothered in vain. Throws the
 * Fault of the last one when none is left.
 */
export function acceptableGroups(
  { log }: Pick<EdgeParts, 'log'>,
  request: SipRequest,
  callerCodecs: readonly string[],
  groups: readonly DestinationGroup[],
): readonly DestinationGroup[] {
  const sdp = groups.some(isRuled) || callerCodecs.length > 0 ? sdpOf(request) : undefined;
  if (sdp === undefined) return groups;
  let fault: Fault | undefined;
  const isAcceptable = ({ codecs, uri }: Destination): boolean => {
    try {
      restrictedOffer(sdp, codecPolicy(callerCodecs, codecs), 'caller');
      return true;
    } catch (error) {
      if (!isMismatch(error)) throw error;
      fault = error;
      log.info({ sipCallId: request.callId, fault: error.kind.code, target: uri }, error.message);
      return false;
    }
  };
  const left = onlyThose(groups, isAcceptable);
  if (left.length === 0 && fault) throw fault;
  return left;
}

function isRuled({ destinations }: DestinationGroup): boolean {
  return destinations.some(({ codecs }) => codecs !== undefined);
}
