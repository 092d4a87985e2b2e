import { createLog } from '@tandem/platform';
import { expect, it, onTestFinished } from 'vitest';
import type { Listener } from '../socket/listener.ts';
import { Takeover } from './takeover.ts';

const floating = (): Listener => ({
  ...{ transport: 'udp', host: '192.0.2.200', port: 5060, floating: true },
  ...{ advertised: '192.0.2.200:5060', shared: undefined },
});

it('looks for phones anew when an address is back, however short it was away', async () => {
  const sockets = { listeners: [floating()] };
  const looked = Promise.withResolvers<void>();
  let looks = 0;
  const takeover = new Takeover({
    location: {
      list: async () => {
        if (++looks === 2) looked.resolve();
        return { registrations: [] };
      },
    },
    sockets,
    keepAlive: { keep: () => undefined },
    node: 'edge-1',
    log: createLog({ level: 'silent', node: 'edge-1', destination: 1 }),
    now: () => 0,
  });
  takeover.start();
  onTestFinished(() => takeover.stop());
  sockets.listeners = [floating()];
  await looked.promise;
  expect(looks).toBe(2);
});
