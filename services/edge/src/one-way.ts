import { media } from '@tandem/contract';
import { hasDialogs } from './call-dialogs.ts';
import { diagnoseFlow } from './diagnosis/media-flow.ts';
import type { EdgeParts } from './parts.ts';
import type { CallEvents } from './uses/events.ts';

/** Milliseconds that a call is up before a side that is not heard is a fault: phones need a moment. */
const patience = 5_000;
const settled = new Uint8Array();
/** Asks for it to be told again. */
const later = Uint8Array.of(1);

type OneWayParts = Pick<EdgeParts, 'log' | 'now' | 'records'> & { readonly events: CallEvents };

/** Takes a report that a side is not heard, whosever call it is, and returns the answer for the worker. */
export async function takeOneWay(parts: OneWayParts, payload: Uint8Array): Promise<Uint8Array> {
  const { events, log, now, records } = parts;
  const { call, report, session } = media.Report.decode(payload);
  const record = await records.read(call);
  if (report?.$case !== 'oneWay' || record?.mediaSession !== session) return settled;
  const { answeredMs, sipCallId, state, tenant } = record;
  if (state !== 'answered' || now() - answeredMs < patience) return later;
  const diagnosis = diagnoseFlow(record, report.value);
  if (!diagnosis) return settled;
  records.change(call, (current) =>
    hasDialogs(current) ? { ...current, dialog: { ...current.dialog, degraded: diagnosis } } : current,
  );
  const { direction, layer, code: fault } = diagnosis;
  log.info({ callId: call, sipCallId, tenant, layer, fault, direction }, 'a side of a call is not heard');
  const kind = { $case: 'callDegraded', value: { call, sipCallId, diagnosis } } as const;
  events.publish(tenant, call, now(), kind);
  return settled;
}
