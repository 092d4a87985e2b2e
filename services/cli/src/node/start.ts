import {
  createLog,
  Drains,
  type HttpServer,
  handleProcessEvents,
  Kubernetes,
  Lifecycle,
  type Log,
  Metrics,
  observeProcess,
  type SharedSettings,
  startHttp,
  startTracing,
  type Tracing,
} from '@tandem/platform';

/** What every part of a node is started with. */
export interface NodeStart<Settings extends SharedSettings = SharedSettings> {
  readonly settings: Settings;
  readonly lifecycle: Lifecycle;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly http: HttpServer;
  /** Where each tier says how it hands over what it has. */
  readonly drains: Drains;
  /** The API of the cluster that this node runs in, for whoever asks it first; undefined outside of one. */
  readonly openKubernetes: () => Promise<Kubernetes | undefined>;
  /** Undefined when nobody wants traces. */
  readonly tracing: Tracing | undefined;
}

/**
 * Runs a node: logs, metrics and HTTP first, then what `start` adds, which says when it is ready. Stops what has been
 * started, and rejects, when it fails.
 */
export async function runNode<Settings extends SharedSettings>(
  settings: Settings,
  start: (node: NodeStart<Settings>) => Promise<void>,
): Promise<void> {
  const log = createLog({ level: settings.logLevel, node: settings.nodeId, destination: 1 });
  const lifecycle = new Lifecycle(log);
  let drains: Drains | undefined;
  handleProcessEvents(lifecycle, log, async (cut) => drains?.all(cut));
  try {
    const metrics = await openMetrics(settings, lifecycle, log);
    const { readiness } = lifecycle;
    drains = new Drains({ readiness, metrics, log, withinMs: settings.drainTimeout * 1_000 });
    const http = await openHttp(settings, lifecycle, metrics, log);
    const tracing = await openTracing(settings, lifecycle, metrics, log);
    const openKubernetes = kubernetesOf(lifecycle);
    await start({ settings, lifecycle, log, metrics, http, tracing, drains, openKubernetes });
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

function kubernetesOf(lifecycle: Lifecycle): NodeStart['openKubernetes'] {
  let opened: Promise<Kubernetes | undefined> | undefined;
  return () => {
    opened ??= lifecycle.start('kubernetes', {
      open: () => Kubernetes.inCluster(process.env),
      close: (part) => part?.close(),
    });
    return opened;
  };
}

async function openMetrics(settings: SharedSettings, lifecycle: Lifecycle, log: Log): Promise<Metrics> {
  const metrics = await lifecycle.start('metrics', {
    open: () => new Metrics({ region: settings.region, node: settings.nodeId, log }),
    close: (part) => part.close(),
  });
  await lifecycle.start('process metrics', { open: () => observeProcess(metrics), close: (end) => end() });
  return metrics;
}

function openTracing(
  { nodeId: node, region }: SharedSettings,
  lifecycle: Lifecycle,
  metrics: Metrics,
  log: Log,
): Promise<Tracing | undefined> {
  return lifecycle.start('tracing', {
    open: () => startTracing({ env: process.env, region, node, metrics, log }),
    close: (part) => part?.close(),
  });
}

function openHttp(
  settings: SharedSettings,
  lifecycle: Lifecycle,
  metrics: Metrics,
  log: Log,
): Promise<HttpServer> {
  return lifecycle.start('http', {
    open: () =>
      startHttp({
        listen: settings.httpListen,
        readiness: lifecycle.readiness,
        metrics: () => metrics.scrape(),
        log,
      }),
    close: (part) => part.close(),
  });
}
