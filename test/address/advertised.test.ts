import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { it } from '../harness/fixture.ts';
import type { Host } from '../harness/host.ts';
import { Nat } from '../harness/nat.ts';
import { needs } from '../harness/needs.ts';
import { Tandem, type Tenant } from '../harness/tandem.ts';

const describe = needs('namespace');

const metadataMain = join(import.meta.dirname, 'metadata-main.ts');
const acme: Tenant = { name: 'acme', domains: ['acme.example'], users: [] };
const outside = '203.0.113.7';

/** A machine of a cloud: its metadata service is an address that only it knows. */
async function inCloud(host: Host, cloud: string): Promise<void> {
  await host.run(['ip', 'addr', 'add', '169.254.169.254/32', 'dev', 'lo']);
  await host.spawn([process.execPath, metadataMain, cloud, outside]).line(/^ready$/, 30_000);
}

/** What others are told, by tier. */
async function addressesOf(tandem: Tandem): Promise<Record<string, Record<string, string>>> {
  const nodes = tandem.run('nodes', '-o', 'json');
  await nodes.ended(30_000);
  const rows = JSON.parse(nodes.transcript.join('\n')) as {
    tier: string;
    addresses: Record<string, string>;
  }[];
  return Object.fromEntries(rows.map(({ tier, addresses }) => [tier, addresses]));
}

const advertise = (source: string) => ({ TANDEM_SIP_ADVERTISE: source, TANDEM_RTP_ADVERTISE: source });

describe('the address that others are told', () => {
  vi.setConfig({ testTimeout: 90_000 });

  it.for([
    ['amazon', 'AWS'],
    ['google', 'Google Cloud'],
  ] as const)('is the one that the cloud has given: %s', async ([cloud, name], { network }) => {
    const host = await network.host('machine');
    await inCloud(host, cloud);
    const tandem = await Tandem.start(host, acme, [], [], advertise('cloud'));
    expect(await tandem.logged('advertised address')).toMatchObject({
      setting: 'TANDEM_RTP_ADVERTISE',
      address: outside,
      by: `cloud: ${name}`,
    });
    expect(await addressesOf(tandem)).toMatchObject({
      edge: { 'sip+udp': `${outside}:5060`, 'sip+tcp': `${outside}:5060` },
      media: { rtp: outside },
    });
  });

  it('is the one that a STUN server sees, here another edge on the other side of a NAT', async ({
    network,
  }) => {
    const there = await Tandem.start(await network.host('another'), acme);
    const nat = await Nat.open(network, 'port-restricted', { udp: 60, tcp: 60 });
    const stun = `stun:${there.host.address}:5060`;
    const here = await Tandem.start(await nat.host('machine'), acme, [], [], advertise(stun));
    expect(await here.logged('advertised address')).toMatchObject({ address: nat.address, by: stun });
    expect(await addressesOf(here)).toMatchObject({ media: { rtp: nat.address } });
  });

  it('is none that the pod alone has: it is not started with that', async ({ network }) => {
    const host = await network.host('pod');
    const starting = Tandem.start(host, acme, [], [], { TANDEM_POD_ADDRESSES: host.address });
    await expect(starting).rejects.toThrow(`advertised-pod-address: TANDEM_RTP_ADVERTISE: ${host.address}`);
    const onNode = { TANDEM_POD_ADDRESSES: host.address, TANDEM_HOST_ADDRESSES: host.address };
    await Tandem.start(host, acme, [], [], onNode);
  });

  it('is none where nobody knows it, which is said by name', async ({ network }) => {
    const host = await network.host('machine');
    const starting = Tandem.start(host, acme, [], [], { TANDEM_SIP_ADVERTISE: `stun:${host.address}:9` });
    await expect(starting).rejects.toThrow(/address-not-found: TANDEM_SIP_ADVERTISE: stun:\S+:9: /);
  });
});
