import { expect, it } from 'vitest';
import { reasonPhrase } from './reason.ts';

it.each([
  [180, 'Ringing'],
  [486, 'Busy Here'],
  // An unknown code stands for its class (RFC 3261 §8.1.3.2).
  [299, 'OK'],
  [499, 'Bad Request'],
  [399, 'Failure'],
])('%d is %s', (status, phrase) => {
  expect(reasonPhrase(status)).toBe(phrase);
});
