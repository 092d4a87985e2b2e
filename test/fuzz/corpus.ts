import { tortureMessages } from '../torture/messages.ts';
import { ipv6Messages } from '../torture/rfc5118.ts';
import { generate, write } from './generate.ts';
import { Random } from './random.ts';
import { realMessages } from './real.ts';

const generated = Array.from({ length: 200 }, (_, index) => write(generate(Random.of(0, index))));

/** What mutations start from. */
export const corpus: readonly string[] = [
  ...tortureMessages.map(({ text }) => text),
  ...ipv6Messages.map(({ text }) => text),
  ...realMessages,
  ...generated,
];
