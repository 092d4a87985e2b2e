import {
  allTraces,
  type Bus,
  decodeBatch,
  type HttpServer,
  readTrace,
  type TraceBatch,
  type TraceStore,
} from '@tandem/platform';
import { concerns } from './concerns.ts';

/** What the running system says to `tandem trace CALL-ID`: nothing where nothing is known. */
export interface TraceAnswer {
  readonly batches: readonly TraceBatch[];
}

/** Serves what was seen of calls: `/v1/trace?call=` and, as it happens, `/v1/trace/follow`, of one user with `?user=`. */
export function serveTraces(http: HttpServer, { bus, traces }: { bus: Bus; traces: TraceStore }): void {
  http.route('/v1/trace', async (query): Promise<TraceAnswer> => {
    return { batches: await readTrace(traces, query.get('call') ?? '') };
  });
  http.stream('/v1/trace/follow', (query, send) => {
    const user = query.get('user');
    const subscription = bus.subscribe(allTraces, ({ payload }) => {
      const batch = decodeBatch(payload);
      if (batch && (user === null || concerns(batch, user))) send(batch);
    });
    return () => subscription.unsubscribe();
  });
}
