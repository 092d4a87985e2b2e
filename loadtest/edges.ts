/**
 * What a call costs an edge when one, two and four of them share the calls, in processor time: what stays the same lets
 * more edges take as many more calls. Exits with 1 when a call is lost, or four edges with a processor each could not take
 * 0.8 times four times what one can. `node loadtest/edges.ts --rate 25 --seconds 20`; as root.
 */
import { parseArgs } from 'node:util';
import { Cluster } from '../test/harness/cluster.ts';
import { cpuSeconds, insideNamespace, say } from './measure.ts';
import { answerCalls, placeCalls, tenant } from './round.ts';

const { values } = parseArgs({
  options: {
    /** Calls a second at each edge. */
    rate: { type: 'string', default: '25' },
    seconds: { type: 'string', default: '20' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const warmUp = 10;
/** Of what as many edges would do if nothing were lost to there being several. */
const leastShare = 0.8;

interface Cost {
  readonly lost: number;
  /** Microseconds of a call, all edges together. */
  readonly microseconds: number;
}

async function costOf(edges: number): Promise<Cost> {
  const cluster = await Cluster.start(`edges-${edges}`, {
    tenant,
    counts: { edge: edges, router: 1, media: 1 },
  });
  try {
    const nodes = Array.from({ length: edges }, (_, index) => cluster.edge(index));
    const callers = await Promise.all(nodes.map((_, index) => cluster.network.host(`callers-${index}`)));
    await answerCalls(await cluster.network.host('callee'), cluster.proxy);
    const used = (): number => nodes.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
    const place = async (forSeconds: number): Promise<number> => {
      const placed = nodes.map(({ address }, index) =>
        placeCalls(callers[index]!, `${address}:5060`, { rate, seconds: forSeconds }),
      );
      return (await Promise.all(placed)).reduce((sum, { successful }) => sum + successful, 0);
    };
    await place(warmUp);
    const before = used();
    const successful = await place(seconds);
    const calls = edges * rate * seconds;
    return { lost: calls - successful, microseconds: ((used() - before) / calls) * 1e6 };
  } finally {
    await cluster.close();
  }
}

async function main(): Promise<boolean> {
  const costs: Cost[] = [];
  for (const edges of [1, 2, 4]) {
    const cost = await costOf(edges);
    costs.push(cost);
    const share = costs[0]!.microseconds / cost.microseconds;
    say(
      `${edges} edges, ${edges * rate} calls/s for ${seconds} s: ${cost.lost} calls lost, ${cost.microseconds.toFixed(0)} us of an edge a call; ` +
        `with a processor for each edge ${(edges * share).toFixed(2)} times what one can do (${share.toFixed(2)} of linear)`,
    );
  }
  const share = costs[0]!.microseconds / costs.at(-1)!.microseconds;
  return costs.every(({ lost }) => lost === 0) && share >= leastShare;
}

if (insideNamespace()) process.exitCode = (await main()) ? 0 : 1;
