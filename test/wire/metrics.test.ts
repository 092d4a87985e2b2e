import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { documentedMetrics, metricNames } from '../harness/scrape.ts';
import { connect, hangUp } from './call.ts';
import { it } from './fixture.ts';

const describe = needs('namespace');

/** Metrics of what one process with embedded backings has none of. */
const distributed = /^tandem_(members|membership|routers?|redis|etcd)(_|$)/;
/** Of calls on which nobody speaks, whose media stays where it is, and which are not traced; of TLS, of names. */
const absent = [
  'tandem_call_loss_ratio',
  'tandem_call_jitter_seconds',
  'tandem_media_move_seconds',
  'tandem_dns_seconds',
  'tandem_tls_certificate_end_timestamp_seconds',
  'tandem_spans_total',
];

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
