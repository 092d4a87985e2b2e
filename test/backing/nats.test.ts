import { randomUUID } from 'node:crypto';
import { createLog, NatsBus, type NatsBusOptions } from '@tandem/platform';
import { busCompliance } from '@tandem/platform/compliance';
import { afterAll, beforeAll } from 'vitest';
import { NatsServer } from '../harness/nats-server.ts';
import { needs } from '../harness/needs.ts';

const log = createLog({ level: 'warn', node: 'test', destination: 2 });

needs('nats-server')('NATS', () => {
  let server: NatsServer;

  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(() => server.close());

  const open = (options: Partial<NatsBusOptions> = {}): Promise<NatsBus> =>
    NatsBus.open({ url: server.url, log, name: randomUUID(), ...options });

  busCompliance('NATS', async () => [await open(), await open()]);
});
