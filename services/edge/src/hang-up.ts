import { randomBytes } from 'node:crypto';
import { dialogRequest, type FaultKind, nextHop } from '@tandem/sip';
import type { CallDialogs } from './call-dialogs.ts';
import { wayBack } from './in-dialog.ts';
import type { ClientUser, EdgeParts } from './parts.ts';
import { viaValue } from './proxied-request.ts';

type HangUpParts = Pick<EdgeParts, 'calls' | 'layer' | 'locator' | 'log' | 'now'>;

/**
 * Ends a call from within: BYE to both parties, in the name of the other one. Resolves when both have answered or
 * cannot; does nothing when the call has ended already.
 */
export async function hangUp(parts: HangUpParts, call: string, fault: FaultKind): Promise<void> {
  const record = await parts.calls.take(call, 'system', fault);
  if (!record) return;
  const legs: CallDialogs = record.dialog;
  await Promise.all([bye(parts, legs.caller, fault), bye(parts, legs.callee, fault)]);
}

async function bye(parts: HangUpParts, leg: CallDialogs['caller'], fault: FaultKind): Promise<void> {
  const { layer, locator, log, now } = parts;
  const { promise, resolve } = Promise.withResolvers<void>();
  const user: ClientUser = {
    response: ({ status }) => {
      if (status >= 200) resolve();
    },
    failed: () => resolve(),
  };
  try {
    const { target, routes } = leg.dialog;
    const flow = await locator.reach(nextHop({ uri: target, route: routes }), wayBack(leg.hop));
    const tx = layer.prepare('BYE', flow, user, randomBytes(8).toString('base64url'), now());
    if (!tx) return;
    const reason = `SIP;cause=503;text="${fault.meaning}"`;
    const via = viaValue(flow, tx.branch);
    const { text } = dialogRequest(leg.dialog, { method: 'BYE', via, headers: [['Reason', reason]] });
    layer.request(tx, text, now());
    await promise;
  } catch (error) {
    log.info({ err: error }, 'a party could not be sent BYE');
  }
}
