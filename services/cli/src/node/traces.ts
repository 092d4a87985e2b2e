import { type Bus, MemoryTraceStore, type TraceStore } from '@tandem/platform';
import type { NodeStart } from './start.ts';

/** Opens what is kept of calls for `tandem trace`: in JetStream when there is NATS, else in this process. */
export function openTraces({ lifecycle }: NodeStart, bus: Bus): Promise<TraceStore> {
  return lifecycle.start('traces', {
    open: () => new MemoryTraceStore({ bus, now: Date.now }),
    close: (part) => part.close(),
  });
}
