import { expect, it } from 'vitest';
import { documents, isCurrent } from './documents.ts';

it.each([...documents])('keeps %s in line with the code (run pnpm generate)', async (path, render) => {
  expect(await isCurrent(path, render)).toBe(true);
});
