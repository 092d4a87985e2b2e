import { type Bus, MemoryTraceStore, NatsBus, NatsTraceStore, type TraceStore } from '@tandem/platform';
import type { NodeStart } from './start.ts';

/** Opens what is kept of calls for `tandem trace`: in JetStream when there is NATS, else in this process. */
export function openTraces({ lifecycle, log }: NodeStart, bus: Bus): Promise<TraceStore> {
  return lifecycle.start<TraceStore & { close(): void }>('traces', {
    open: () =>
      bus instanceof NatsBus
        ? NatsTraceStore.open({ bus, log })
        : new MemoryTraceStore({ bus, now: Date.now }),
    close: (part) => part.close(),
  });
}
