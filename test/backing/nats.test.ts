import { createLog, NatsBus } from '@tandem/platform';
import { busCompliance } from '@tandem/platform/compliance';
import { afterAll, beforeAll } from 'vitest';
import { NatsServer } from '../harness/nats-server.ts';
import { needs } from '../harness/needs.ts';

const log = createLog({ level: 'silent', node: 'test', destination: 2 });

needs('nats-server')('one server', () => {
  let server: NatsServer;

  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(() => server.close());

  const open = (): Promise<NatsBus> => NatsBus.open({ url: server.url, log, name: 'test' });

  busCompliance('NATS', async () => [await open(), await open()]);
});
