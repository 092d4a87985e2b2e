import type { Call } from '../agent/call.ts';
import type { Ending } from '../agent/ending.ts';
import { Recording } from '../audio/recording.ts';
import type { AudioSource } from '../audio/source.ts';
import type { Announce } from './announce.ts';
import { writeRecording } from './wav-file.ts';

/** What is done in a call. */
export interface CallScript {
  readonly source: AudioSource;
  /** The WAV file to write. */
  readonly record?: string | undefined;
  /** What to dial after the answer. */
  readonly dtmf?: string | undefined;
  /** Milliseconds from the answer to the end; undefined leaves that to the other side. */
  readonly duration?: number | undefined;
}

/** Sees a call through to its end, and tells of all that happens. A signal hangs up. Rejects with a Fault. */
export async function talk(
  call: Call,
  { source, record, dtmf, duration }: CallScript,
  announce: Announce,
  signal: AbortSignal,
): Promise<Ending> {
  const recording = new Recording();
  call.audio.play(source);
  call.audio.listen(recording);
  announceEvents(call, announce);
  // How it ends is told by `whenEnded`.
  const hangUp = (): void => void call.hangUp().catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  let dialled: Promise<unknown> | undefined;
  call.once('answered', () => {
    if (duration !== undefined) timer = setTimeout(hangUp, duration);
    if (dtmf !== undefined) dialled = call.sendDtmf(dtmf);
    dialled?.catch(() => {});
  });
  if (signal.aborted) hangUp();
  else signal.addEventListener('abort', hangUp);
  const ending = await call.whenEnded();
  clearTimeout(timer);
  signal.removeEventListener('abort', hangUp);
  if (record !== undefined) await writeRecording(record, recording.wav);
  await dialled;
  return ending;
}

function announceEvents(call: Call, announce: Announce): void {
  call.on('ringing', (status) => announce('ringing', { status }));
  call.on('earlyMedia', () => announce('early-media'));
  call.on('answered', () => announce('answered', { codec: call.session.agreed?.codec.law ?? '' }));
  call.on('held', (held) => announce(held ? 'held' : 'resumed'));
  call.on('digit', ({ digit }) => announce('digit', { digit }));
  call.on('ended', ({ by, status, reason }) => {
    const { sent, received } = call.audio.statistics;
    const counts = { sent: sent.packets, received: received.packets, lost: received.lost };
    announce('ended', { by, status, reason, ...counts });
  });
}
