import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../packages/sip/src/fault.ts';
import { errorsDocument } from './errors-document.ts';

const kind = (code: string, hint = 'Do.'): FaultKind => ({
  code,
  status: 503,
  outcome: 'server_error',
  layer: 'media',
  meaning: 'It is.',
  hint,
});

describe('errorsDocument', () => {
  it('has a table for each area, by code', () => {
    const text = errorsDocument([
      { name: 'edge', exports: [kind('b'), kind('a', 'This | that.'), 'no fault', () => undefined] },
      { name: 'media', exports: [kind('c')] },
    ]);
    expect(text.slice(text.indexOf('## edge')).split('\n')).toEqual([
      '## edge',
      '',
      '| code | status | outcome | layer | meaning | hint |',
      '|---|---|---|---|---|---|',
      '| `a` | 503 | server_error | media | It is. | This \\| that. |',
      '| `b` | 503 | server_error | media | It is. | Do. |',
      '',
      '## media',
      '',
      '| code | status | outcome | layer | meaning | hint |',
      '|---|---|---|---|---|---|',
      '| `c` | 503 | server_error | media | It is. | Do. |',
      '',
    ]);
  });

  it('refuses a code that two areas use', () => {
    const areas = ['edge', 'media'].map((name) => ({ name, exports: [kind('same')] }));
    expect(() => errorsDocument(areas)).toThrow('the fault same is in edge and in media');
  });
});
