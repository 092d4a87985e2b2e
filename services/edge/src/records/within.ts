import { Fault } from '@tandem/sip';
import { callStoreSilent } from '../faults.ts';

/** What the store answers, unless it takes longer: a store that is silent is as good as away. */
export async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Fault(callStoreSilent, `no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}
