import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '@tandem/sip';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addressNotFound, advertisedPodAddress } from '../faults.ts';
import { createLog, type Log } from '../log.ts';
import { AdvertisedAddresses, type AdvertisedOptions } from './advertised.ts';
import { amazon, type Metadata } from './cloud/fixture.ts';
import { parseAddressSources } from './source.ts';

const log: Log = createLog({ level: 'silent', node: 'n1', destination: 1 });

/** A cloud whose answer may be changed, and what asks it. */
async function cloudOf(first: Metadata): Promise<{ now: Metadata; readonly options: AdvertisedOptions }> {
  const cloud = { now: first };
  const server = createServer((request, response) => {
    const { status, body } = cloud.now(request);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const metadata = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(cloud, { options: { log, check: () => undefined, askable: { metadata } } });
}

const wanted = (text: string, families: readonly (4 | 6)[] = [4]) => ({
  setting: 'TANDEM_SIP_ADVERTISE',
  sources: parseAddressSources(text)!,
  families: new Set(families),
});

describe('the addresses of a setting', () => {
  it('are those of each family that is listened on', async () => {
    const { options } = await cloudOf(amazon({ four: '203.0.113.7', six: '2001:db8::7' }));
    const both = await AdvertisedAddresses.open(wanted('cloud', [4, 6]), options);
    expect(both.found.map(({ host }) => host)).toEqual(['203.0.113.7', '2001:db8::7']);
    const [four] = (await AdvertisedAddresses.open(wanted('cloud'), options)).found;
    expect(four).toEqual({ host: '203.0.113.7', port: undefined, by: 'cloud: AWS' });
  });

  it('are asked for where none is given of a family', async () => {
    const { options } = await cloudOf(amazon({ four: '203.0.113.7', six: '2001:db8::7' }));
    const { found } = await AdvertisedAddresses.open(wanted('198.51.100.1,cloud', [4, 6]), options);
    expect(found.map(({ host, by }) => [host, by])).toEqual([
      ['198.51.100.1', 'given'],
      ['2001:db8::7', 'cloud: AWS'],
    ]);
  });

  it('change with what is found, and stay while nothing is', async () => {
    const cloud = await cloudOf(amazon({ four: '203.0.113.7' }));
    const addresses = await AdvertisedAddresses.open(wanted('cloud'), cloud.options);
    const told: string[][] = [];
    const look = () => addresses.look((found) => told.push(found.map(({ host }) => host)));
    await look();
    cloud.now = () => ({ status: 500, body: '' });
    await look();
    expect(told).toEqual([]);
    cloud.now = amazon({ four: '203.0.113.70' });
    await look();
    expect(told).toEqual([['203.0.113.70']]);
  });

  it('are not taken when they must not be told', async () => {
    const { options } = await cloudOf(amazon({ four: '10.2.3.4' }));
    const check = (): void => {
      throw new Fault(advertisedPodAddress, 'TANDEM_SIP_ADVERTISE: 10.2.3.4');
    };
    const opening = AdvertisedAddresses.open(wanted('cloud'), { ...options, check });
    await expect(opening).rejects.toMatchObject({ kind: advertisedPodAddress });
  });

  it('are missed by the name of the setting', async () => {
    const { options } = await cloudOf(amazon({}));
    await expect(AdvertisedAddresses.open(wanted('cloud'), options)).rejects.toMatchObject({
      kind: addressNotFound,
      detail: expect.stringMatching(/^TANDEM_SIP_ADVERTISE: cloud: /),
    });
  });
});
