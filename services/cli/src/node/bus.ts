import { type Bus, MemoryBus, NatsBus } from '@tandem/platform';
import type { NodeStart } from './start.ts';

/** Opens the bus: NATS when there is one, else within this process. */
export async function openBus({ lifecycle, log, metrics, settings }: NodeStart): Promise<Bus> {
  const { natsUrl, nodeId, region } = settings;
  const bus = await lifecycle.start<Bus>('bus', {
    open: () =>
      natsUrl
        ? NatsBus.open({ url: natsUrl.reveal(), log, name: `tandem ${region} ${nodeId}` })
        : new MemoryBus({ log, now: Date.now }),
    close: (part) => part.close(),
  });
  bus.observe(metrics);
  return bus;
}
