import type { CallRecord, Log } from '@tandem/platform';

/** What is said of a call in the log; nothing of one that is not known any more. */
export function logCall(log: Log, call: CallRecord | undefined, message: string, fields: object): void {
  if (!call) return;
  const { id, sipCallId, tenant, caller, callee, tags } = call;
  log.info({ callId: id, sipCallId, tenant, caller, callee, ...(tags && { tags }), ...fields }, message);
}
