import type { router } from '@tandem/contract';
import type { Proven } from './identity.ts';

/** A request, and who has proven to send it. */
export interface Question {
  readonly request: router.Request;
  readonly caller: Proven;
}
