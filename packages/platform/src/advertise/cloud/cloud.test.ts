import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cloudAddresses } from './cloud.ts';
import { amazon, azure, ec2Like, google, type Metadata } from './fixture.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A metadata service, and what it was asked. */
async function serveMetadata(
  metadata: Metadata,
): Promise<{ readonly base: string; readonly asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const base = await serve((request, response) => {
    asked.push(request);
    const { status, body, headers = {} } = metadata(request);
    response.writeHead(status, headers).end(body);
  });
  return { base, asked };
}

describe('the addresses that a cloud gives', () => {
  it.each<[string, Metadata, string, readonly string[]]>([
    ['Amazon', amazon({ four: '203.0.113.7', six: '2001:db8::7' }), 'AWS', ['203.0.113.7', '2001:db8::7']],
    ['Amazon, of IPv4 alone', amazon({ four: '203.0.113.7' }), 'AWS', ['203.0.113.7']],
    [
      'Google',
      google({ four: '203.0.113.8', six: ['2600:1900::8'] }),
      'Google Cloud',
      ['203.0.113.8', '2600:1900::8'],
    ],
    [
      'Google, in a subnet of its own',
      google({ four: '203.0.113.8', six: ['fd20::8'] }),
      'Google Cloud',
      ['203.0.113.8'],
    ],
    ['Azure', azure({ four: '203.0.113.9' }), 'Azure', ['203.0.113.9']],
    [
      'Azure, behind its balancer',
      azure({ balancer: ['203.0.113.10', '[2603:1030::a]'] }),
      'Azure',
      ['203.0.113.10', '2603:1030::a'],
    ],
    ['OpenStack', ec2Like('203.0.113.11'), 'an EC2-like cloud', ['203.0.113.11']],
  ])('are found at %s', async (_, metadata, cloud, addresses) => {
    const { base } = await serveMetadata(metadata);
    expect(await cloudAddresses(base)).toMatchObject({ cloud, addresses });
  });

  it.each<[string, Metadata, RegExp]>([
    ['Amazon without a public address', amazon({}), /AWS: no public address/],
    ['Google without a public address', google({}), /Google Cloud: no public address/],
    ['Azure without a public address', azure({}), /Azure: no public address/],
    ['OpenStack without a floating address', ec2Like(''), /an EC2-like cloud: no public address/],
    ['something else', () => ({ status: 500, body: '' }), /AWS: \/latest\/api\/token: HTTP 500/],
    ['a page of a captive portal', () => ({ status: 200, body: '<html>' }), /Azure: no public address/],
    [
      'what sends us elsewhere',
      () => ({ status: 302, body: '', headers: { location: '/x' } }),
      /AWS: \/latest/,
    ],
    ['what never ends', () => ({ status: 200, body: 'x'.repeat(100_000) }), /more than 65536 octets/],
  ])('are not found at %s', async (_, metadata, reason) => {
    const { base } = await serveMetadata(metadata);
    await expect(cloudAddresses(base)).rejects.toThrow(reason);
  });

  it('are asked for as each cloud wants it: Amazon with a token of its own', async () => {
    const { base, asked } = await serveMetadata(amazon({ four: '203.0.113.7' }));
    await cloudAddresses(base);
    const proven = asked.filter(({ headers }) => headers['x-aws-ec2-metadata-token'] === 'TOKEN==');
    expect(proven.map(({ url }) => url)).toEqual(['/latest/meta-data/public-ipv4', '/latest/meta-data/ipv6']);
  });

  it('are not found where nothing answers, which is said', async () => {
    const base = await serve(() => undefined).then((url) => url.replace(/\d+$/, '1'));
    await expect(cloudAddresses(base)).rejects.toThrow('address-not-found: cloud: the metadata service at');
  });
});
