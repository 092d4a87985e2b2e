import { expect, it } from 'vitest';
import { listener } from './fixture.ts';
import { listen } from './listening.ts';

it('a listener goes on when the system cannot accept a connection', async () => {
  let refused = 0;
  const { server } = await listen(listener('tcp'), () => refused++);
  server.emit('error', new Error('accept ENOBUFS'));
  expect([refused, server.listening]).toEqual([1, true]);
  await new Promise((resolve) => server.close(resolve));
});
