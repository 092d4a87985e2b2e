import type { FaultKind } from '@tandem/sip';
import { type Answered, type CallDialogs, dialogsOf } from './call-dialogs.ts';
import { acknowledge, type OwnRequestParts, sendOwn, wayTo } from './own-request.ts';
import type { EdgeParts } from './parts.ts';

type HangUpParts = OwnRequestParts & Pick<EdgeParts, 'calls' | 'names'>;
type Leg = CallDialogs['caller'];

/**
 * Ends a call from within: BYE to both parties, in the name of the other one. Resolves when both have answered or
 * cannot; does nothing when the call has ended already.
 */
export async function hangUp(parts: HangUpParts, call: string, fault: FaultKind): Promise<void> {
  const record = await parts.calls.take(call, 'system', fault);
  if (!record) return;
  const { caller, callee } = record.dialog;
  const reason = `SIP;cause=503;text="${fault.meaning}"`;
  await Promise.all([bye(parts, caller, reason), bye(parts, callee, reason)]);
}

/**
 * Lets a phone go that answered when the call was another's, or nobody's any more: ACK and BYE in the caller's name.
 * One that repeats its answer has missed the ACK.
 */
export async function dismiss(parts: HangUpParts, answered: Answered, isRepeated: boolean): Promise<void> {
  const leg = dialogsOf(answered, parts.names.isOwn)?.callee;
  if (!leg) return;
  try {
    const { hops, dialog } = await wayTo(parts, leg);
    acknowledge(parts.send, hops.first(), dialog, dialog.sequence, leg.sentAgain?.headers);
  } catch (error) {
    parts.log.info({ err: error }, 'a party could not be told that its call is over');
    return;
  }
  if (!isRepeated) await bye(parts, leg, 'SIP;cause=200;text="Call completed elsewhere"');
}

/** Ends one side of a call, in the name of the other one. */
export async function bye(parts: HangUpParts, leg: Leg, reason: string): Promise<void> {
  await sendOwn(parts, leg, { method: 'BYE', headers: [['Reason', reason]] });
}
