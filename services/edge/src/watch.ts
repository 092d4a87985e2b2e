import type { Bus, CallRecord, CallStore, Log, Metrics, Tracing } from '@tandem/platform';
import { CallMetrics } from './call-metrics.ts';
import { Ladder } from './ladder/ladder.ts';
import type { EdgeSettings } from './settings.ts';
import { CallTracing } from './tracing/call-tracing.ts';
import { TracedCallStore } from './tracing/traced-call-store.ts';
import type { EventWatcher } from './uses/events.ts';
import { MediaWatch } from './uses/media-watch.ts';
import type { RouterLink } from './uses/router.ts';
import { WatchedRouter } from './uses/watched-router.ts';

interface WatchParts {
  readonly bus: Bus;
  readonly router: RouterLink;
  readonly calls: CallStore;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Undefined when nobody wants traces. */
  readonly tracing?: Tracing | undefined;
  /** In milliseconds since 1970 UTC. */
  readonly now: () => number;
}

/** All that looks on while an edge does its work (design §11): what there is of it, and what it looks at. */
export interface Watch {
  readonly router: RouterLink;
  readonly calls: CallStore;
  readonly events: readonly EventWatcher[];
  readonly media: MediaWatch | undefined;
  readonly counted: CallMetrics;
  readonly ladder: Ladder | undefined;
  readonly tracing: CallTracing | undefined;
  /** A call of another edge is this one's from now on. */
  readonly adopted: (record: CallRecord) => void;
}

export function watchEdge({ nodeId: node, region, traceLadder }: EdgeSettings, parts: WatchParts): Watch {
  const { calls, now, router } = parts;
  const counted = new CallMetrics(parts.metrics);
  const ladder = traceLadder === 'on' ? new Ladder({ ...parts, region, node }) : undefined;
  const tracing = parts.tracing && new CallTracing(parts.tracing, now);
  const isWatched = ladder !== undefined || tracing !== undefined;
  const media = isWatched ? new MediaWatch(ladder, tracing) : undefined;
  return {
    router: isWatched ? new WatchedRouter(router, ladder, tracing) : router,
    calls: tracing ? new TracedCallStore(calls, tracing) : calls,
    events: [counted, ladder, tracing].filter((watcher) => watcher !== undefined),
    media,
    counted,
    ladder,
    tracing,
    adopted: (record) => {
      ladder?.adopted(record);
      media?.remember(record.mediaSession, record.id);
    },
  };
}
