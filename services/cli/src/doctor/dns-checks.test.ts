import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { HostPort } from '@tandem/platform';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../../test/harness/free-port.ts';
import { type Result, runChecks } from './check.ts';
import { dnsChecks, nameService } from './dns-checks.ts';

const machine = { servers: [], search: [], ndots: 1 };

/** A resolver that answers each query with a code, or says nothing. */
async function resolver(code: number | undefined): Promise<HostPort> {
  const socket: Socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.on('message', (query, { address, port }) => {
    if (code === undefined) return;
    // RFC 1035 §4.1.1: it is a response then, and says how it went.
    query[2]! |= 0x80;
    query[3] = code;
    socket.send(query, port, address);
  });
  await once(socket.bind(0, '127.0.0.1'), 'listening');
  return { host: '127.0.0.1', port: socket.address().port };
}

async function find(names: ReturnType<typeof nameService>): Promise<Result[]> {
  const results: Result[] = [];
  for await (const result of runChecks(dnsChecks(names), names)) results.push(result);
  return results;
}

describe('the checks of DNS', () => {
  it('say of each resolver whether it answers, and after how long', async () => {
    const [well, unwilling, silent] = [await resolver(0), await resolver(5), await resolver(undefined)];
    const closed = { host: '127.0.0.1', port: await freePort() };
    const results = await find(nameService([well, unwilling, silent, closed], machine));
    const name = ({ host, port }: HostPort): string => `${host}:${port}`;
    const failed = { status: 'failed', layer: 'dns' };
    expect(results).toMatchObject([
      { name: name(well), status: 'ok', value: expect.stringMatching(/^answers after \d+\.\d ms$/) },
      { ...failed, name: name(unwilling), value: expect.stringMatching(/^REFUSED after \d+\.\d ms$/) },
      { ...failed, name: name(silent), value: 'no answer within 1.5 s' },
      { ...failed, name: name(closed), value: expect.stringContaining('ECONNREFUSED') },
      { name: 'search domains', status: 'ok', value: 'none' },
    ]);
  });

  it('only warn of a silent one that nobody has chosen', async () => {
    const [result] = await find(nameService(undefined, { ...machine, servers: [await resolver(undefined)] }));
    expect(result).toMatchObject({ status: 'warning', value: 'no answer within 1.5 s' });
  });

  it.each([
    [1, 'shop.svc, svc for names without a dot'],
    [5, 'shop.svc, svc for names with fewer than 5 dots'],
  ])('name the search domains, and what they are for with ndots of %i', async (ndots, value) => {
    const [result] = await find(nameService([], { servers: [], search: ['shop.svc', 'svc'], ndots }));
    expect(result).toEqual({ name: 'search domains', status: 'ok', value });
  });
});
