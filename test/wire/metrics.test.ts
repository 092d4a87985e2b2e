import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { documentedMetrics, metricNames, quiet } from '../harness/scrape.ts';
import { connect, hangUp } from './call.ts';
import { it } from './fixture.ts';

const describe = needs('namespace');

/** Metrics of what one process with embedded backings has none of. */
const distributed = /^tandem_(members|membership|routers?|redis|etcd)(_|$)/;
/** Nor is anything traced here. */
const absent = [...quiet, 'tandem_spans_total'];

describe('/metrics of tandem up', () => {
  it('has all that docs/metrics.md lists, and nothing else', async ({ live: { tandem }, phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await Promise.all([alice.register(), bob.register()]);
    const call = await connect(alice, bob);
    await hangUp(call, bob);
    await tandem.logged('call ended');
    const documented = (await documentedMetrics()).filter((name) => !distributed.test(name));
    const scraped = await metricNames(tandem);
    expect(scraped).toEqual(documented.filter((name) => scraped.includes(name) || !absent.includes(name)));
  });
});
