import { expect, it } from 'vitest';
import { splitDocuments } from './split.ts';

const rows: [string, string, { text: string; line: number }[]][] = [
  ['nothing', '', []],
  ['comments only', '# a\n---\n# b\n', []],
  ['one document without a marker', 'a: 1\n', [{ text: 'a: 1\n', line: 1 }]],
  [
    'two documents',
    'a: 1\n---\nb: 2\n',
    [
      { text: 'a: 1\n', line: 1 },
      { text: '---\nb: 2\n', line: 2 },
    ],
  ],
  [
    'content behind a marker',
    '--- a\n--- b',
    [
      { text: '--- a\n', line: 1 },
      { text: '--- b', line: 2 },
    ],
  ],
  [
    'Windows line ends',
    'a: 1\r\n---\r\nb: 2\r\n',
    [
      { text: 'a: 1\r\n', line: 1 },
      { text: '---\r\nb: 2\r\n', line: 2 },
    ],
  ],
  [
    'no marker within a line or a longer one',
    'a: ---\nb: x\n----\n',
    [{ text: 'a: ---\nb: x\n----\n', line: 1 }],
  ],
];

it.each(rows)('finds %s', (_, text, expected) => {
  expect([...splitDocuments(text)]).toEqual(expected);
});
