import { tortureMessages } from '../torture/messages.ts';
import { generate, write } from './generate.ts';
import { Random } from './random.ts';
import { realMessages } from './real.ts';

const generated = Array.from({ length: 200 }, (_, index) => write(generate(Random.of(0, index))));

/** What mutations start from. */
export const corpus: readonly string[] = [
  ...tortureMessages.map(({ text }) => text),
  ...realMessages,
  ...generated,
];
