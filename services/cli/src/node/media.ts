import { type MediaSettings, type RunningMedia, startMedia, withOwnSlice } from '@tandem/media';
import type { Bus, Membership, SharedSettings } from '@tandem/platform';
import { findRtpAddresses } from './addresses.ts';
import { announce } from './presence.ts';
import { startProbes } from './probes.ts';
import type { NodeStart } from './start.ts';

/** Starts the media worker of this node, and announces it. */
export async function startWorker(
  start: NodeStart<SharedSettings & MediaSettings>,
  backings: { readonly bus: Bus; readonly membership: Membership },
): Promise<RunningMedia> {
  const node = { ...start, settings: withOwnSlice(start.settings) };
  const { lifecycle, log, metrics, tracing } = node;
  const rtp = await findRtpAddresses(node);
  const settings = { ...node.settings, rtpAdvertise: rtp.text?.split(',') };
  const worker = await lifecycle.start('media', {
    open: () =>
      startMedia(settings, { bus: backings.bus, metrics, tracing, log: log.child({ part: 'media' }) }),
    close: (part) => part.stop(),
  });
  let addresses = { rtp: rtp.text ?? settings.rtpListen.host };
  const presence = await announce(node, backings, {
    tier: 'media',
    startedMs: worker.startedMs,
    addresses,
    load: () => worker.load,
    drain: () => worker.drain(),
  });
  await startProbes(node, backings.bus, {
    tier: 'media',
    addresses: () => addresses.rtp.split(',').map((host) => `rtp://${host}`),
    probes: worker.probes,
  });
  rtp.follow((text) => {
    addresses = { rtp: text };
    worker.advertise(text.split(','));
    presence.update({ addresses });
  });
  return worker;
}
