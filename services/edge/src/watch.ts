import type { Bus, Log, Metrics } from '@tandem/platform';
import { CallMetrics } from './call-metrics.ts';
import { Ladder } from './ladder/ladder.ts';
import type { EdgeSettings } from './settings.ts';
import type { EventWatcher } from './uses/events.ts';
import { MediaWatch } from './uses/media-watch.ts';
import type { RouterLink } from './uses/router.ts';
import { WatchedRouter } from './uses/watched-router.ts';

interface WatchParts {
  readonly bus: Bus;
  readonly router: RouterLink;
  readonly log: Log;
  readonly metrics: Metrics;
  /** In milliseconds since 1970 UTC. */
  readonly now: () => number;
}

/** All that looks on while an edge does its work (design §11). */
export interface Watch {
  /** The way to a router, watched. */
  readonly router: RouterLink;
  readonly events: readonly EventWatcher[];
  readonly media: MediaWatch | undefined;
  readonly ladder: Ladder | undefined;
}

export function watchEdge({ nodeId: node, region, traceLadder }: EdgeSettings, parts: WatchParts): Watch {
  const counted = new CallMetrics(parts.metrics);
  if (traceLadder === 'off')
    return { router: parts.router, events: [counted], media: undefined, ladder: undefined };
  const ladder = new Ladder({ ...parts, region, node });
  return {
    router: new WatchedRouter(parts.router, ladder),
    events: [counted, ladder],
    media: new MediaWatch(ladder),
    ladder,
  };
}
