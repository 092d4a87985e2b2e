import { type MediaSettings, type RunningMedia, startMedia, withOwnSlice } from '@tandem/media';
import type { Bus, Membership, SharedSettings } from '@tandem/platform';
import { announce } from './presence.ts';
import type { NodeStart } from './start.ts';

/** Starts the media worker of this node, and announces it. */
export async function startWorker(
  start: NodeStart<SharedSettings & MediaSettings>,
  backings: { readonly bus: Bus; readonly membership: Membership },
): Promise<RunningMedia> {
  const node = { ...start, settings: withOwnSlice(start.settings) };
  const { lifecycle, log, metrics, settings, tracing } = node;
  const worker = await lifecycle.start('media', {
    open: () =>
      startMedia(settings, { bus: backings.bus, metrics, tracing, log: log.child({ part: 'media' }) }),
    close: (part) => part.stop(),
  });
  await announce(node, backings, {
    tier: 'media',
    startedMs: worker.startedMs,
    addresses: { rtp: settings.rtpAdvertise?.join(',') ?? settings.rtpListen.host },
    load: () => worker.load,
    drain: () => worker.drain(),
  });
  return worker;
}
