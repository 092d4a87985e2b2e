import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { needs } from '../harness/needs.ts';
import { Load } from './agent/load.ts';
import { Party } from './agent/party.ts';
import { figure } from './figures.ts';
import { it } from './fixture.ts';
const describe = needs('namespace');
const cpu = (pid: number | string) => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' '); return (Number(f[11]) + Number(f[12])) / 100; };
describe('cpu', () => {
  it('per call', { timeout: 200_000 }, async ({ cluster }) => {
    const party = await Party.open(cluster, 20);
    const pids: [string, number | string][] = [...cluster.nodes.map((n) => [n.id, n.pid] as [string, number]), ['nats', cluster.servers.nats.pid], ['redis', cluster.servers.redis.pid], ['test', process.pid]];
    for (const rate of [0.1, 10, 20, 20]) {
      const before = pids.map(([, pid]) => cpu(pid));
      const load = new Load(party, { rate, duration: 2000 });
      await delay(15_000);
      const tally = await load.finish();
      figure(`${rate}/s ${tally.summary} ` + pids.map(([id, pid], i) => `${id} ${(cpu(pid) - before[i]!).toFixed(2)}s`).join(' '));
    }
  });
});
