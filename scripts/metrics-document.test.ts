import { describe, expect, it } from 'vitest';
import type { CounterKind, HistogramKind } from '../packages/platform/src/telemetry/kind.ts';
import { metricsDocument } from './metrics-document.ts';

const counter = (name: CounterKind['name']): CounterKind => ({
  type: 'counter',
  name,
  unit: '{call}',
  description: 'Calls by end: good | bad.',
});
const histogram: HistogramKind = {
  type: 'histogram',
  name: 'tandem_a_seconds',
  unit: 's',
  description: 'How long.',
  buckets: [1],
};

describe('metricsDocument', () => {
  it('has a table for each area that has metrics, by name', () => {
    const text = metricsDocument([
      { name: 'edge', exports: [counter('tandem_b_total'), histogram, 'no metric', () => undefined] },
      { name: 'media', exports: [counter('tandem_c_total')] },
      { name: 'sdp', exports: [42] },
    ]);
    expect(text.slice(text.indexOf('## edge')).split('\n')).toEqual([
      '## edge',
      '',
      '| metric | type | unit | meaning |',
      '|---|---|---|---|',
      '| `tandem_a_seconds` | histogram | s | How long. |',
      '| `tandem_b_total` | counter | {call} | Calls by end: good \\| bad. |',
      '',
      '## media',
      '',
      '| metric | type | unit | meaning |',
      '|---|---|---|---|',
      '| `tandem_c_total` | counter | {call} | Calls by end: good \\| bad. |',
      '',
    ]);
  });

  it('refuses a name that two areas use', () => {
    const areas = ['edge', 'media'].map((name) => ({ name, exports: [histogram] }));
    expect(() => metricsDocument(areas)).toThrow('the metric tandem_a_seconds is in edge and in media');
  });
});
