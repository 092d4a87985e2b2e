import type { Draft } from './draft.ts';
import type { Place } from './place.ts';

/** What `SIP/name` or `PJSIP/name` in the dialplan stands for. */
export interface Party {
  readonly technology: 'SIP' | 'PJSIP';
  /** In the dialplan. */
  readonly name: string;
  /** A User or a Trunk. */
  readonly draft: Draft;
  /** Where its calls enter the dialplan, and the line that says so. */
  readonly context: { readonly name: string; readonly place?: Place };
}
