import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '@tandem/sip';
import type { IncomingCall } from '../agent/incoming-call.ts';
import { callRefused } from '../faults.ts';
import type { Phone } from '../phone.ts';
import type { Announce } from './announce.ts';
import { type CallScript, talk } from './talk.ts';

/** What a task has to do with. */
export interface Desk {
  readonly phone: Phone;
  readonly announce: Announce;
  /** Says that the user wants it to end. */
  readonly signal: AbortSignal;
}

/** Registers, and stays so for `duration` ms, or until the signal. */
export async function stayRegistered(
  { phone, announce, signal }: Desk,
  { expires, duration }: { readonly expires: number; readonly duration?: number | undefined },
): Promise<void> {
  await register({ phone, announce, signal }, expires);
  await Promise.race([aborted(signal), ...(duration === undefined ? [] : [expired(duration, signal)])]);
}

/** Makes a call. Rejects with `call-refused` when it was not answered. */
export async function placeCall(
  { phone, announce, signal }: Desk,
  target: string,
  script: CallScript,
): Promise<void> {
  const call = await phone.call(target);
  announce('calling', { target: call.target });
  const { status, reason } = await talk(call, script, announce, signal);
  if (status !== 200) throw new Fault(callRefused, `${call.target}: ${status} ${reason}`);
}

/** Registers and answers calls, one at a time, until the signal; with `once`, until the first has ended. */
export async function answerCalls(
  desk: Desk,
  { expires, once: single }: { readonly expires: number; readonly once: boolean },
  script: () => Promise<CallScript>,
): Promise<void> {
  const { phone, announce, signal } = desk;
  const first = Promise.withResolvers<void>();
  let current: Promise<void> | undefined;
  const take = async (call: IncomingCall): Promise<void> => {
    announce('incoming', { caller: call.caller });
    const told = talk(call, await script(), announce, signal);
    if (call.state === 'ringing') {
      call.ring();
      // How it goes on is told by the events.
      await Promise.allSettled([call.answer()]);
    }
    await told;
  };
  phone.on('incoming', (call) => {
    if (current) {
      call.reject();
      return;
    }
    current = take(call)
      .catch((error: Error) => announce('failed', { reason: error.message }))
      .finally(() => {
        current = undefined;
        first.resolve();
      });
  });
  await register(desk, expires);
  await Promise.race([aborted(signal), ...(single ? [first.promise] : [])]);
  await current;
}

async function register({ phone, announce, signal }: Desk, expires: number): Promise<void> {
  phone.on('refreshFailed', (fault) => announce('refresh-failed', { reason: fault.message }));
  const registered = await Promise.race([phone.register({ expires }), aborted(signal)]);
  if (registered) announce('registered', { contact: phone.contact, expires: registered.expires });
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

async function expired(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
