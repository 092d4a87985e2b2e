import { expect, it } from 'vitest';
import { settingsDocumentation } from './documentation.ts';
import { text, wholeNumber } from './schema.ts';
import { defineSettings } from './setting.ts';

it('describes each setting in a row', () => {
  const settings = defineSettings<{ ringTime: number; owner: string; note: string | undefined; id: string }>({
    ringTime: { schema: wholeNumber(1, 9), default: '5', description: 'How long.', unit: 's' },
    owner: {
      schema: text,
      default: { words: 'the host name', compute: () => 'h' },
      description: 'Who | what.',
    },
    note: { schema: text.optional(), description: 'Anything.' },
    id: { schema: text, description: 'Which.' },
  });
  expect(settingsDocumentation(settings).split('\n')).toEqual([
    '| variable | flag | default | meaning |',
    '|---|---|---|---|',
    '| `TANDEM_RING_TIME` | `--ring-time` | `5` (s) | How long. |',
    '| `TANDEM_OWNER` | `--owner` | the host name | Who \\| what. |',
    '| `TANDEM_NOTE` | `--note` | unset | Anything. |',
    '| `TANDEM_ID` | `--id` | required | Which. |',
  ]);
});
