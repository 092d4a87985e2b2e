import { type MediaSettings, type RunningMedia, startMedia, withOwnSlice } from '@tandem/media';
import type { Bus, Membership, SharedSettings } from '@tandem/platform';
import { serveProbe } from '../cluster/probe.ts';
import { findRtpAddresses } from './addresses.ts';
import { announce } from './presence.ts';
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
  const address = (text: string | undefined): { rtp: string } => ({ rtp: text ?? settings.rtpListen.host });
  const presence = await announce(node, backings, {
    tier: 'media',
    startedMs: worker.startedMs,
    addresses: address(rtp.text),
    load: () => worker.load,
    drain: () => worker.drain(),
  });
  const { nodeId: id, region } = settings;
  let told = address(rtp.text).rtp;
  await lifecycle.start('probes of media', {
    open: () =>
      serveProbe(
        { bus: backings.bus, region, tier: 'media', id },
        {
          addresses: () => told.split(',').map((host) => `rtp://${host}`),
          begin: (token) => worker.probes.begin(token),
          seen: (token) => worker.probes.seen(token),
        },
        settings,
      ),
    close: (end) => end(),
  });
  rtp.follow((text) => {
    told = text;
    worker.advertise(text.split(','));
    presence.update({ addresses: address(text) });
  });
  return worker;
}
