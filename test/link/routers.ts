import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blankRequest, type router } from '@tandem/contract';
import { RouterPool, type RouterPoolOptions } from '@tandem/edge';
import { createLog, derive, type Log, Metrics } from '@tandem/platform';
import { Secret } from '@tandem/resource';
import { configuration } from '../harness/tandem.ts';
import { acme, domain } from '../wire/acme.ts';
import { RouterProcess, type Start, seriesOf } from './router-process.ts';

const secret = new Secret('the secret of all nodes of the cluster');
const secrets = { nonce: derive(secret, 'nonce'), router: derive(secret, 'router') };

/** Routers in processes of their own, and pools that ask them. */
export class Routers {
  /** What pools have logged. */
  readonly lines: Record<string, unknown>[] = [];
  readonly log: Log;
  /** The configuration of the routers. */
  readonly folder: string;
  readonly #routers: RouterProcess[] = [];
  readonly #pools: RouterPool[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.log = createLog({
      level: 'info',
      node: 'edge-1',
      destination: { write: (line) => void this.lines.push(JSON.parse(line) as Record<string, unknown>) },
    });
  }

  static async open(): Promise<Routers> {
    const folder = await mkdtemp(join(tmpdir(), 'routers-'));
    await writeFile(join(folder, 'tenant.yaml'), configuration(acme));
    return new Routers(folder);
  }

  get transcript(): string {
    const routers = this.#routers.flatMap(({ lines }) => lines);
    return [...this.lines.map((line) => JSON.stringify(line)), ...routers].join('\n');
  }

  async router(nodeId: string, changes: Partial<Start> = {}): Promise<RouterProcess> {
    const start = { nodeId, listen: '127.0.0.1:0', folder: this.folder, secrets, decisionMs: 0 };
    const router = await RouterProcess.start({ ...start, ...changes });
    this.#routers.push(router);
    return router;
  }

  pool(routers: RouterPoolOptions['routers'], changes: Partial<RouterPoolOptions> = {}): Pool {
    const metrics = new Metrics({ region: 'local', node: 'edge-1', log: this.log });
    const options = { node: 'edge-1', secret: secrets.router, routers, log: this.log, metrics, ...changes };
    const pool = new RouterPool(options);
    this.#pools.push(pool);
    return { pool, metric: async (series) => seriesOf(await metrics.scrape(), series) };
  }

  async close(): Promise<void> {
    for (const pool of this.#pools) pool.close();
    await Promise.all(this.#routers.map((each) => each.kill()));
  }
}

/** A pool, and the value of one of its metrics by the text before it. */
export interface Pool {
  readonly pool: RouterPool;
  readonly metric: (series: string) => Promise<number>;
}

let asked = 0;

/** A REGISTER that is challenged. */
export function register(): router.Request {
  const aor = `sip:1001@${domain}`;
  asked++;
  return {
    ...blankRequest(),
    method: 'REGISTER',
    requestUri: `sip:${domain}`,
    from: `<${aor}>;tag=${asked}`,
    to: `<${aor}>`,
    callId: `${asked}@192.0.2.1`,
    cseq: 1,
    flow: { transport: 'udp', host: '192.0.2.1', port: 5060, edge: 'edge-1', localPort: 5060, connection: 0 },
    contacts: ['<sip:1001@192.0.2.1:5060>'],
    hops: 1,
  };
}
