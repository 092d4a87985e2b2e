import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '@tandem/sip';
import { callStalled } from './faults.ts';

/** Milliseconds that a step may take. */
const deadline = 8_000;
const pause = 20;

/** Waits for a step. Rejects with `call-stalled` when it takes longer than `ms`. */
export async function within<T>(step: Promise<T>, what: string, ms: number = deadline): Promise<T> {
  const late = Promise.withResolvers<never>();
  const fault = new Fault(callStalled, `waited ${ms / 1_000} s for ${what}`);
  const timer = setTimeout(() => late.reject(fault), ms);
  try {
    return await Promise.race([step, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until something is so, but not for longer than `ms`; whether it is. */
export async function soon(isSo: () => boolean, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (!isSo() && performance.now() < end) await delay(pause);
  return isSo();
}
