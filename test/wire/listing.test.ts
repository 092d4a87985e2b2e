import { expect } from 'vitest';
import { listRegistrations } from '../../services/cli/src/listings.ts';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { it } from './fixture.ts';
import type { Phone } from './phone.ts';
import { fresh } from './request.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

const [here, there] = [address(11), address(12)];

/** Registers as a phone does that does not know that somebody translates its address. */
async function registerBehindNat(phone: Phone): Promise<void> {
  const via = `SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK${fresh()};rport`;
  await phone.register({ Via: via });
}

describe('the phones that are registered', () => {
  it('AS-36: are told of with edge, region and the time that they take to answer', async ({
    tiers: start,
  }) => {
    const tiers = await start({ registration: { keepAlive: 30 } });
    tiers.random = () => 0;
    await tiers.edge('edge-1', here);
    await tiers.edge('edge-2', there);
    const [one, two] = [await tiers.phone(here), await tiers.phone(there)];
    const three = await tiers.phone(there, 'tcp');
    const begun = performance.now();
    await Promise.all([one, two].map(registerBehindNat));
    const [asked] = await Promise.all([one.wire.receive('OPTIONS'), two.answer('OPTIONS')]);
    const heard = performance.now();
    await three.register();
    const held = performance.now() - heard;
    one.reply(asked, '200 OK');
    const list = async () =>
      (await listRegistrations({ location: tiers.location, region: 'eu' }, undefined, Date.now())).rows;
    await until(
      () => 'both to have answered',
      async () => (await list()).filter(({ latency }) => latency !== undefined).length === 2,
    );
    const rows = new Map((await list()).map((row) => [row.user, row]));
    const common = (phone: Phone, edge: string) => ({
      tenant: 'acme',
      contact: phone.contact.slice(1, -1),
      transport: phone.transport,
      source: phone.wire.local,
      edge,
      region: 'eu',
    });
    expect(rows.size).toBe(3);
    expect(rows.get(one.account.user)).toMatchObject(common(one, 'edge-1'));
    expect(rows.get(two.account.user)).toMatchObject(common(two, 'edge-2'));
    expect(rows.get(three.account.user)).toMatchObject(common(three, 'edge-2'));
    const { latency } = rows.get(one.account.user)!;
    expect(latency).toBeGreaterThanOrEqual(Math.floor(held));
    expect(latency).toBeLessThanOrEqual(Math.ceil(performance.now() - begun));
    // A connection that stands needs no question.
    expect(rows.get(three.account.user)?.latency).toBeUndefined();
  });
});
