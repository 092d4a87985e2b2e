import { checkMessage, Fault, parseMessage } from '@tandem/sip';
import { expect, it } from 'vitest';
import { generate, write } from './generate.ts';
import { Random } from './random.ts';

it('generates well-formed messages', () => {
  for (let iteration = 0; iteration < 2000; iteration++) {
    const text = write(generate(Random.of(1, iteration)));
    const message = parseMessage(text);
    const fault = message instanceof Fault ? message : checkMessage(message);
    if (fault) throw new Error(`iteration ${iteration}`, { cause: fault });
  }
  expect(write(generate(Random.of(1, 7)))).toBe(write(generate(Random.of(1, 7))));
});
