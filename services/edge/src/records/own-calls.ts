import type { CallRecord } from '@tandem/platform';
import { type OwnCall, unpacked } from './own-call.ts';

/** The calls that an edge looks after, by their ids. */
export class OwnCalls extends Map<string, OwnCall> {
  /** A copy of the record of a call. */
  copy(id: string): CallRecord | undefined {
    const own = this.get(id);
    return own && unpacked(own);
  }

  *records(): Iterable<CallRecord> {
    for (const own of this.values()) yield unpacked(own);
  }

  /** The ids of calls whose media is in a session that is asked for. */
  *withMedia(isMeant: (session: string) => boolean): Iterable<string> {
    for (const [id, { media }] of this) if (media !== '' && isMeant(media)) yield id;
  }

  /** The tenant of each call. */
  *tenants(): Iterable<string> {
    for (const { tenant } of this.values()) yield tenant;
  }

  /** The places that calls have. */
  *places(): Iterable<{ call: string; names: readonly string[] }> {
    for (const [call, { limits: names }] of this) if (names.length > 0) yield { call, names };
  }

  /** The ids of calls whose session is over as far as this edge knows. */
  *expired(now: number): Iterable<string> {
    for (const [id, { givenUpAt }] of this) if (givenUpAt <= now) yield id;
  }
}
