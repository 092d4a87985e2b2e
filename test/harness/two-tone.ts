import type { Wav } from '@tandem/rtp';
import { type Baresip, connectPhones } from './baresip.ts';
import { PATIENCE, until } from './deadline.ts';
import type { Softphone, Speaker } from './softphone.ts';
import { type Heard, hear } from './tone.ts';

const LATEST_START = 1;
const CLEAN = 0.9;
/** In packets. */
const HALF_SECOND = 25;

/**
 * Both sides of a call hear the other's tone: it starts within a second, lasts a second, and carries nine tenths of the
 * energy. Counted from the answer, or from `now` for what a call must still do later, but not after a hold.
 */
export async function expectTwoTone(
  a: Speaker,
  b: Speaker,
  from: 'answer' | 'now' = 'answer',
  patience: number = PATIENCE,
): Promise<void> {
  await Promise.all([expectTone(a, b, from, patience), expectTone(b, a, from, patience)]);
}

/** Each calls the other one, who hears it and hangs up. */
export async function talkBothWays(alice: Softphone, bob: Softphone): Promise<void> {
  for (const [caller, callee] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    await connectPhones(caller, callee);
    await expectTwoTone(caller, callee);
    await callee.hangup();
    await caller.closed();
  }
}

/** Packets come in at all of them, now: those of half a second. */
export async function expectAudio(...phones: readonly Baresip[]): Promise<void> {
  for (const phone of phones) {
    const before = await phone.received();
    await until(
      () => `audio at ${phone.host.name}`,
      async () => (await phone.received()) > before + HALF_SECOND,
    );
  }
}

async function expectTone(
  listener: Speaker,
  speaker: Speaker,
  from: 'answer' | 'now',
  patience: number,
): Promise<void> {
  const now = performance.now();
  const skipped = from === 'answer' ? 0 : (await listener.recording()).samples.length;
  let verdict = '';
  const isHeard = async () => {
    // The one who was called is in the call later than the caller: by the ACK.
    const begin = from === 'answer' ? listener.answeredAt : now;
    verdict = 'it is in no call';
    if (begin === undefined) return false;
    const elapsed = (performance.now() - begin) / 1000;
    verdict = judge(hear(after(await listener.recording(), skipped), speaker.tone), elapsed);
    return verdict === '';
  };
  const complaint = () =>
    `${listener.host.name} does not hear ${speaker.tone} Hz of ${speaker.host.name}: ${verdict}`;
  await until(complaint, isHeard, patience);
}

// What did not come before the tone counts as time before the tone: a recording has no gaps.
function judge({ start, share, length }: Heard, elapsed: number): string {
  if (share === 0) return `no tone in ${length.toFixed(1)} s of audio after ${elapsed.toFixed(1)} s`;
  if (share < CLEAN) return `its share of the energy is ${share.toFixed(2)}`;
  const late = start + Math.max(0, elapsed - length);
  if (late > LATEST_START) return `it came ${late.toFixed(1)} s late`;
  return length - start < 1 ? `it lasts ${(length - start).toFixed(1)} s` : '';
}

function after({ samples, sampleRate }: Wav, skipped: number): Wav {
  return { samples: samples.subarray(skipped), sampleRate };
}
