import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '@tandem/sip';
import { within } from '../doctor/within.ts';
import { type Call, ToneMeter, tone } from '../phone/phone.ts';
import type { Heard, PlacedCall } from './placed-call.ts';

/** Of the time that both talk, at least so much has to be clean. */
const leastHeard = 0.5;
/**
 * Milliseconds until the callee has to hear of the end: ten seconds that others may take to stand in for a node that has died,
 * and four until the BYE is repeated then (T2, RFC 3261 §17.1.2.2).
 */
const endTime = 15_000;
// Whole tens of Hz, which a meter tells best, and neither of them a multiple of the other.
const [callerTone, calleeTone] = [450, 1_010];

/** Lets both sides say their tones for `talkTime` ms or until the signal, and ends the call. */
export async function talk(
  caller: Call,
  callee: Call,
  talkTime: number,
  signal: AbortSignal,
): Promise<Pick<PlacedCall, 'dropped' | 'heard'>> {
  const begin = performance.now();
  const meters = [engage(caller, callerTone, calleeTone), engage(callee, calleeTone, callerTone)];
  const over = await Promise.race([brokenOff(caller), brokenOff(callee), rest(talkTime, signal)]);
  const talked = Math.min(talkTime, performance.now() - begin);
  const heard = [heardBy(caller, callee, meters[0]!, talked), heardBy(callee, caller, meters[1]!, talked)];
  const dropped = over ?? (await hangUp(caller, callee));
  return { heard, ...(dropped === undefined ? {} : { dropped }) };
}

function engage(call: Call, says: number, hears: number): ToneMeter {
  const meter = new ToneMeter(hears);
  call.audio.play(tone(says));
  call.audio.listen(meter);
  return meter;
}

function heardBy(call: Call, other: Call, meter: ToneMeter, talked: number): Heard {
  const { packets, lost, longestGapMs } = call.audio.statistics.received;
  const { withheld, repeated } = other.audio.statistics.sent;
  // What never left the other was lost by nobody. A copy makes up for a packet in what is lost, to none at best (RFC 3550 A.3).
  const own = lost === 0 ? 0 : Math.max(0, lost - withheld + repeated);
  return { tone: meter.heardMs >= leastHeard * talked, packets, lost: own, longestGap: longestGapMs };
}

/** Settles with the reason when a call ends that nobody here has ended. */
async function brokenOff(call: Call): Promise<string> {
  const { by, status, reason } = await call.whenEnded();
  return `ended by=${by} status=${status} reason=${reason}`;
}

async function rest(ms: number, signal: AbortSignal): Promise<undefined> {
  // Whoever wants an end before that gets it.
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

/** Why the callee has not heard of the end, if so. */
async function hangUp(caller: Call, callee: Call): Promise<string | undefined> {
  try {
    await within(
      Promise.all([callee.whenEnded(), caller.hangUp()]),
      'the callee to hear of the end of the call',
      endTime,
    );
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}
