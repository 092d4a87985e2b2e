import { type Bus, MemoryBus } from '@tandem/platform';
import type { NodeStart } from './start.ts';

/** Opens the bus: NATS when there is one, else within this process. */
export async function openBus({ lifecycle, log, metrics }: NodeStart): Promise<Bus> {
  const bus = await lifecycle.start('bus', {
    open: () => new MemoryBus({ log, now: Date.now }),
    close: (part) => part.close(),
  });
  bus.observe(metrics);
  return bus;
}
