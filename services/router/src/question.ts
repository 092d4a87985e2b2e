import type { router } from '@tandem/contract';
import type { Gruu } from './gruu.ts';
import type { Proven } from './identity.ts';

/** A request, and who has proven to send it. */
export interface Question {
  readonly request: router.Request;
  readonly caller: Proven;
  /** The one phone that is meant, when the Request-URI names one. */
  readonly gruu?: Gruu | undefined;
}
