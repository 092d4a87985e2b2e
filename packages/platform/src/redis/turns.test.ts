import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('takes one turn after the other for each name, whatever becomes of them', async () => {
  const turns = new Turns();
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.take('a', async () => {
    await gate.promise;
    said.push('first');
    throw new Error('failed');
  });
  const second = turns.take('a', async () => said.push('second'));
  await turns.take('b', async () => said.push('other'));
  gate.resolve();
  await expect(first).rejects.toThrow('failed');
  await second;
  expect(said).toEqual(['other', 'first', 'second']);
});
