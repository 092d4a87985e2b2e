import { randomBytes } from 'node:crypto';
import { dialogRequest, type FaultKind, nextHop } from '@tandem/sip';
import { type Answered, type CallDialogs, dialogsOf } from './call-dialogs.ts';
import { wayBack } from './in-dialog.ts';
import type { ClientUser, EdgeParts } from './parts.ts';
import { viaValue } from './proxied-request.ts';
import type { Flow } from './socket/flow.ts';

type HangUpParts = Pick<EdgeParts, 'calls' | 'layer' | 'locator' | 'log' | 'names' | 'now'>;
type Leg = CallDialogs['caller'];

/**
 * Ends a call from within: BYE to both parties, in the name of the other one. Resolves when both have answered or
 * cannot; does nothing when the call has ended already.
 */
export async function hangUp(parts: HangUpParts, call: string, fault: FaultKind): Promise<void> {
  const record = await parts.calls.take(call, 'system', fault);
  if (!record) return;
  const legs: CallDialogs = record.dialog;
  const reason = `SIP;cause=503;text="${fault.meaning}"`;
  await Promise.all([
    onWay(parts, legs.caller, (flow) => bye(parts, legs.caller, flow, reason)),
    onWay(parts, legs.callee, (flow) => bye(parts, legs.callee, flow, reason)),
  ]);
}

/**
 * Lets a phone go that answered when the call was another's, or nobody's any more: ACK and BYE in the caller's name.
 * One that repeats its answer has missed the ACK.
 */
export async function dismiss(parts: HangUpParts, answered: Answered, isRepeated: boolean): Promise<void> {
  const leg = dialogsOf(answered, parts.names.isOwn)?.callee;
  if (!leg) return;
  await onWay(parts, leg, async (flow) => {
    flow.send(ack(leg, flow));
    if (!isRepeated) await bye(parts, leg, flow, 'SIP;cause=200;text="Call completed elsewhere"');
  });
}

async function onWay(
  { locator, log }: HangUpParts,
  { dialog, hop }: Leg,
  send: (flow: Flow) => Promise<void>,
): Promise<void> {
  try {
    const { callId, target, routes } = dialog;
    await send(await locator.reach(nextHop({ uri: target, route: routes }), wayBack(hop), callId));
  } catch (error) {
    log.info({ err: error }, 'a party could not be told that its call is over');
  }
}

/** RFC 3261 §13.2.2.4: a transaction of its own, with the number of the INVITE. */
function ack({ dialog }: Leg, flow: Flow): string {
  const via = viaValue(flow, `z9hG4bK${token()}`);
  return dialogRequest({ ...dialog, sequence: dialog.sequence - 1 }, { method: 'ACK', via }).text;
}

async function bye({ layer, now }: HangUpParts, { dialog }: Leg, flow: Flow, reason: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const user: ClientUser = {
    response: ({ status }) => {
      if (status >= 200) resolve();
    },
    failed: () => resolve(),
  };
  const tx = layer.prepare('BYE', flow, user, token(), now());
  if (!tx) return;
  const via = viaValue(flow, tx.branch);
  layer.request(tx, dialogRequest(dialog, { method: 'BYE', via, headers: [['Reason', reason]] }).text, now());
  await promise;
}

function token(): string {
  return randomBytes(8).toString('base64url');
}
