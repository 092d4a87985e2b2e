import type { media } from '@tandem/contract';

/** What carries the media of sessions: the worker's own relay, or another program. Rejects with a Fault. */
export interface Engine {
  open(open: media.Open): Promise<media.Session>;
  describe(describe: media.Describe): Promise<media.Session>;
  close(close: media.Close): Promise<media.Statistics>;
  inspect(inspect: media.Inspect): Promise<media.Statistics>;
}
