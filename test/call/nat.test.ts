import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'vitest';
import { Baresip, connectPhones } from '../harness/baresip.ts';
import { until } from '../harness/deadline.ts';
import { it } from '../harness/fixture.ts';
import { type Memory, Nat, natKinds } from '../harness/nat.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { seriesOf, sumOf } from '../harness/scrape.ts';
import type { Tandem } from '../harness/tandem.ts';
import { expectTwoTone } from '../harness/two-tone.ts';
import { acme, Office, uriOf } from './office.ts';

const describe = needs('namespace', 'baresip', 'iptables');

const transports = ['udp', 'tcp'] as const;

// 35 minutes behind a NAT that forgets silent flows after 30 s, with a question every 25 s, are here 5 s behind one that
// forgets them after 2 s, with a question each second: without them each flow would be forgotten twice over.
const memory: Memory = { udp: 2, tcp: 2 };
const keepAlive = 1;
const questions = 5;

/** A phone for each transport behind a NAT of each kind, registered. */
async function hidden(network: Network, office: Office): Promise<Baresip[]> {
  const natted = natKinds.map(async (kind) => {
    const nat = await Nat.open(network, kind, memory);
    const host = await nat.host(`behind a ${kind} NAT`);
    const phones = transports.map(async (transport, seat) => {
      const user = `${kind} ${transport}`.replaceAll(' ', '-');
      const tone = 400 + 200 * (natKinds.indexOf(kind) * transports.length + seat);
      return Baresip.start(host, { ...office.account(user), transport, tone, seat });
    });
    return Promise.all(phones);
  });
  const phones = (await Promise.all(natted)).flat();
  await Promise.all(phones.map((phone) => phone.register()));
  return phones;
}

/** Waits until phones over UDP have answered so many questions more. */
async function idle(tandem: Tandem, phones: number): Promise<void> {
  const answers = async () => sumOf(await seriesOf(tandem), 'tandem_keep_alives_total', { fate: 'answered' });
  const enough = (await answers()) + phones * questions;
  await until(
    () => `${enough} answers`,
    async () => (await answers()) >= enough,
    3 * questions * 1_000,
  );
}

/** Each calls the next, all at once; both sides hear each other. */
async function callEachOther(pairs: readonly (readonly [Baresip, Baresip])[]): Promise<void> {
  await Promise.all(
    pairs.map(async ([caller, callee]) => {
      await connectPhones(caller, callee);
      await expectTwoTone(caller, callee);
    }),
  );
}

async function hangUpAll(pairs: readonly (readonly [Baresip, Baresip])[]): Promise<void> {
  await Promise.all(
    pairs.map(async ([caller, callee]) => {
      await caller.hangup();
      await callee.closed();
    }),
  );
}

/** Sends media to every port that the worker shares, from an address that is of no call; returns what came back. */
async function intrude(network: Network, tandem: Tandem): Promise<number> {
  const socket = createSocket('udp4');
  let heard = 0;
  socket.on('message', () => void heard++);
  socket.bind(0, network.gateway);
  await once(socket, 'listening');
  const refused = async () => {
    const series = await seriesOf(tandem);
    return ['strange', 'refused']
      .map((fate) => sumOf(series, 'tandem_media_packets_total', { fate }))
      .reduce((sum, count) => sum + count, 0);
  };
  const before = await refused();
  const noise = Buffer.alloc(172, 0x55);
  let sent = 0;
  for (let sequence = 1; sequence <= 20; sequence++) {
    noise.writeUInt32BE((0x8000_0000 | sequence) >>> 0, 0);
    for (let port = 20_000; port < 20_032; port += 2) {
      socket.send(noise, port, tandem.host.address);
      sent++;
    }
  }
  await until(
    () => 'all of it to be refused',
    async () => (await refused()) >= before + sent,
  );
  socket.close();
  return heard;
}

describe('phones behind NATs of four kinds', () => {
  it('call and are called after a long silence, over every transport (KA-11)', { timeout: 90_000 }, async ({
    network,
  }) => {
    const users = natKinds.flatMap((kind) =>
      transports.map((transport) => `${kind} ${transport}`.replaceAll(' ', '-')),
    );
    const tenant = acme(Object.fromEntries(users.map((user) => [user, {}])), {
      registration: { keepAlive },
    });
    const office = await Office.open(network, tenant);
    const phones = await hidden(network, office);
    const { tandem } = office;
    // One with the other transport behind the NAT of the next kind.
    const pairs = natKinds.map((_, index) => {
      const next = (index + 1) % natKinds.length;
      return [phones[index * 2]!, phones[next * 2 + 1]!] as const;
    });
    for (const way of [pairs, pairs.map(([one, other]) => [other, one] as const)]) {
      await idle(tandem, natKinds.length);
      await callEachOther(way);
      expect(await intrude(network, tandem)).toBe(0);
      await Promise.all(way.map(([caller, callee]) => expectTwoTone(caller, callee, 'now')));
      await hangUpAll(way);
    }
    const series = await seriesOf(tandem);
    expect(sumOf(series, 'tandem_phones_kept_alive', { state: 'silent' })).toBe(0);
    expect(sumOf(series, 'tandem_phones_kept_alive', { state: 'answering' })).toBe(natKinds.length);
    const rows = JSON.parse(await tandem.ask('registrations', '-o', 'json')) as {
      readonly transport: string;
      readonly latency?: number;
    }[];
    const known = rows.filter(({ latency }) => latency !== undefined);
    expect(known.map(({ transport }) => transport)).toEqual(Array(natKinds.length).fill('udp'));
  });

  it('that nothing keeps open are not reached, and the log says where and since when (W-17)', async ({
    network,
  }) => {
    const tenant = acme({ 1001: {}, 1002: {} }, { registration: { keepAlive: 0 }, ringTimeout: 2 });
    const office = await Office.open(network, tenant);
    const { tandem } = office;
    const nat = await Nat.open(network, 'symmetric', memory);
    const bob = await Baresip.start(await nat.host('bob'), { ...office.account('1002'), tone: 1000 });
    await bob.register();
    const alice = await office.phone('1001');
    await until(
      () => 'the NAT to forget',
      async () => (await nat.flows()).length === 0,
    );
    await alice.dial(uriOf('1002'));
    expect(await alice.closed()).toMatch(/^4(08|80) /);
    const said = tandem.logs().find(({ fault }) => fault === 'nat-closed');
    const seen = `seen at ${nat.address}:\\d+ \\(bound \\d+ s ago, not kept alive\\)`;
    expect(said).toMatchObject({ layer: 'nat' });
    expect(said?.msg).toMatch(new RegExp(`sip:1002-?\\w*@${bob.host.address}:\\d+\\S*, ${seen}`));
    const dry = await tandem.ask('route', 'test', '--from', '1001', '--to', '1002');
    expect(dry).toMatch(new RegExp(`${bob.host.address}.* is seen at ${nat.address}:\\d+, bound \\d+ s ago`));
  });
});
