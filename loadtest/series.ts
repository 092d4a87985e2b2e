/** Calls one after the other by phones of this process, and how long each of them took. */
import type { Phone } from '../test/wire/phone.ts';
import { statusOf } from '../test/wire/reply.ts';
import { say } from './measure.ts';

/** Calls, waits for the final response and returns the milliseconds until then. Throws when it is another one. */
export async function call(alice: Phone, uri: string, expected: number): Promise<number> {
  const began = performance.now();
  const invite = alice.offer(uri);
  alice.send(invite);
  const status = statusOf(await alice.final(invite));
  if (status !== expected) throw new Error(`a call to ${uri} met ${status}`);
  return performance.now() - began;
}

/** Is busy, whoever calls, until it is closed. */
export async function refuseAll(callee: Phone): Promise<void> {
  for (;;) {
    const invite = await callee.wire.receive('INVITE', undefined, 60_000);
    callee.reply(invite, '486 Busy Here');
  }
}

/** Milliseconds of so many calls to who refuses them, shortest first; `also` is called before each. */
export async function series(
  alice: Phone,
  uri: string,
  calls: number,
  also: (index: number) => void = () => {},
): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < calls; index++) {
    also(index);
    times.push(await call(alice, uri, 486));
  }
  return times.sort((a, b) => a - b);
}

/** The time that a share of the calls did not exceed. */
export function quantile(times: readonly number[], share: number): number {
  return times[Math.floor((times.length - 1) * share)]!;
}

export function show(what: string, times: readonly number[]): void {
  const at = (share: number): string => quantile(times, share).toFixed(1);
  say(`${what}: ${times.length} calls, median ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms`);
}

/** Whether calls have taken as long as others have, within 10 % at p99; tells so. */
export function isUnchanged(before: readonly number[], after: readonly number[]): boolean {
  const change = quantile(after, 0.99) / quantile(before, 0.99) - 1;
  say(`p99 has changed by ${(change * 100).toFixed(1)} %`);
  return change <= 0.1;
}
