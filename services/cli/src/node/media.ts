import { type MediaSettings, type RunningMedia, startMedia } from '@tandem/media';
import type { Bus, SharedSettings } from '@tandem/platform';
import type { NodeStart } from './start.ts';

/** Starts the media worker of this node. */
export function startWorker(
  { lifecycle, log, metrics, settings }: NodeStart<SharedSettings & MediaSettings>,
  bus: Bus,
): Promise<RunningMedia> {
  return lifecycle.start('media', {
    open: () => startMedia(settings, { bus, metrics, log: log.child({ part: 'media' }) }),
    close: (part) => part.stop(),
  });
}
