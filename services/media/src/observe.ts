import type { Metrics } from '@tandem/platform';
import {
  mediaFailures,
  mediaLost,
  mediaOctets,
  mediaPackets,
  mediaPortOccupancy,
  mediaPorts,
  mediaSessions,
} from './metrics.ts';
import type { MediaSnapshot } from './relay-engine.ts';

/** Reports what a worker counts, when a scrape asks. */
export function observeMedia(metrics: Metrics, snapshot: () => MediaSnapshot): void {
  metrics.observe(mediaSessions, (report) => report(snapshot().sessions));
  metrics.observe(mediaPorts, (report) => {
    const { pairsOpen, pairsUsed } = snapshot();
    report(pairsUsed, { state: 'used' });
    report(pairsOpen - pairsUsed, { state: 'free' });
  });
  metrics.observe(mediaPortOccupancy, (report) => report(snapshot().portOccupancy));
  metrics.observe(mediaPackets, (report) => {
    const { packets: rtp, rtcpPackets: rtcp, ...counted } = snapshot();
    const { refused, strange, silenced, withheld, unsent } = counted;
    const fates = { rtp, rtcp, refused, strange, silenced, withheld, unsent };
    for (const [fate, count] of Object.entries(fates)) report(count, { fate });
  });
  metrics.observe(mediaOctets, (report) => report(snapshot().octets));
  metrics.observe(mediaLost, (report) => report(snapshot().lost));
  metrics.observe(mediaFailures, (report) => {
    const { exhausted, abandoned } = snapshot();
    for (const [reason, count] of Object.entries({ exhausted, abandoned })) report(count, { reason });
  });
}
