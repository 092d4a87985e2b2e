import type { Draft } from './draft.ts';
import type { Ledger } from './ledger.ts';
import type { Place } from './place.ts';
import type { Program } from './program.ts';
import type { Timing } from './timing.ts';

/** What a program does, or what it does at some times. */
export interface TimedWay extends Pick<Program, 'number' | 'dials'> {
  readonly at?: { readonly timing: Timing; readonly place: Place };
}

/** Options of Dial that ask for what phones and trunks do here anyway. */
const needlessOptions = /^[tTrRgciIoxX]*$/;

/** Tells of options of a Dial that are missed. */
export function leaveOptions(ledger: Ledger, options: string, place: Place): void {
  if (!needlessOptions.test(options)) ledger.left(place, `options ${options} of Dial are not carried over`);
}

/** Tells of calls that nothing is wrong with by themselves; `fine` says which those are. */
export function leaveDials(
  ledger: Ledger,
  ways: readonly TimedWay[],
  reason: string,
  fine?: readonly unknown[],
): void {
  for (const { dials } of ways)
    for (const [index, { step }] of dials.entries())
      if (!fine || fine[index]) ledger.left(step.place, reason);
}

/** How long phones ring for a Dial, which is one time for all calls of a resource. */
export function setRingTime(ledger: Ledger, draft: Draft, seconds: number | undefined, place: Place): void {
  if (seconds === undefined) return;
  const known = draft.get('ringTimeout');
  if (known === undefined || known === seconds) draft.set('ringTimeout', seconds, place);
  else
    ledger.left(
      place,
      `${draft.kind}/${draft.name} rings for ${JSON.stringify(known)} s elsewhere, and for as long here`,
    );
}

/** The lines that make a program what it is: its calls, and what led there. */
export function placesOf({ dials, timed, places }: Program): Place[] {
  const first = [...timed.flatMap((way) => way.dials), ...dials];
  const called = first.flatMap(({ dial, step }) => [step.place, ...dial.variables.map(({ place }) => place)]);
  return [...places, ...called];
}
