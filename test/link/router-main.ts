import { once } from 'node:events';
import { MemoryLocation } from '@tandem/location';
import {
  createLog,
  MemoryCallLimits,
  MemoryNonceCounts,
  Metrics,
  parseSettings,
  sharedSettings,
} from '@tandem/platform';
import { load } from '@tandem/resource';
import { Router, routerSettings, startRouterServer } from '@tandem/router';
import type { Start } from './router-process.ts';

// A router in a process of its own, that can be killed; see RouterProcess.

const [{ nodeId, listen, folder, secrets, decisionMs, capacity }] = (await once(process, 'message')) as [
  Start,
];
process.on('disconnect', () => process.exit());
const flags = { nodeId, routerListen: listen };
const settings = parseSettings({ ...sharedSettings, ...routerSettings }, { flags, env: {} });
const log = createLog({ level: 'warn', node: nodeId, destination: 2 });
const metrics = new Metrics({ region: settings.region, node: nodeId, log });
const snapshot = await load(folder);
const router = new Router({
  snapshot: () => snapshot,
  location: new MemoryLocation(),
  nonceCounts: new MemoryNonceCounts(),
  limits: new MemoryCallLimits(),
  secret: secrets.nonce,
  lineSecret: secrets.nonce,
  now: Date.now,
});
/** Takes its time, so that there always are requests that it has and has not answered. */
const slow = {
  decide: async (request: Parameters<Router['decide']>[0]) => {
    await new Promise((resolve) => setTimeout(resolve, decisionMs));
    return router.decide(request);
  },
  connectionEnded: (ended: Parameters<Router['connectionEnded']>[0]) => router.connectionEnded(ended),
};
const server = await startRouterServer({
  router: slow,
  settings,
  secret: secrets.router,
  log,
  metrics,
  ...(capacity !== undefined && { capacity }),
});
async function obey(message: unknown): Promise<void> {
  if (message === 'scrape') process.send?.(await metrics.scrape());
  if (message === 'stop') await server.stop().then(() => process.exit());
}

process.on('message', (message) => void obey(message));
process.send?.(server.advertised);
