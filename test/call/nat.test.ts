import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { beforeAll, expect } from 'vitest';
import { Authority } from '../harness/authority.ts';
import { Baresip, connectPhones } from '../harness/baresip.ts';
import { until } from '../harness/deadline.ts';
import { it } from '../harness/fixture.ts';
import { type Memory, Nat, type NatKind, natKinds } from '../harness/nat.ts';
import { needs } from '../harness/needs.ts';
import { Network } from '../harness/network.ts';
import { seriesOf, sumOf } from '../harness/scrape.ts';
import type { Softphone } from '../harness/softphone.ts';
import type { Tandem } from '../harness/tandem.ts';
import { TandemPhone } from '../harness/tandem-phone.ts';
import { expectTwoTone } from '../harness/two-tone.ts';
import { ports } from '../wire/everywhere.ts';
import { acme, domain, Office, uriOf } from './office.ts';

const describe = needs('namespace', 'baresip', 'iptables', 'openssl');

/** Those of baresip, in the order of their seats; secure WebSockets are those of Tandem's own phone. */
const transports = ['udp', 'tcp', 'tls'] as const;
type Transport = (typeof transports)[number] | 'wss';

// 35 minutes behind a NAT that forgets silent flows after 30 s, with a question every 25 s, are here 6 s behind one that
// forgets them after 4 s, with a question each second: without them each flow would be forgotten.
const memory: Memory = { udp: 4, tcp: 4 };
const keepAlive = 1;
const questions = 6;
/** So many calls begin at a time. */
const atOnce = 4;

type Phones = Readonly<Record<NatKind, Readonly<Record<Transport, Softphone>>>>;

function userOf(kind: NatKind, transport: Transport): string {
  return `${kind}-${transport}`.replaceAll(' ', '-');
}

function toneOf(kind: NatKind, transport: Transport): number {
  return 400 + 100 * (natKinds.indexOf(kind) * 4 + [...transports, 'wss'].indexOf(transport));
}

/** Tandem, NATs of four kinds, and behind each a phone for each transport. */
class World {
  readonly network: Network;
  readonly office: Office;
  readonly nats: ReadonlyMap<NatKind, Nat>;
  readonly phones: Phones;
  /** One behind the symmetric NAT that is never asked whether it is there. */
  readonly forgotten: Baresip;

  private constructor(parts: Pick<World, 'network' | 'office' | 'nats' | 'phones' | 'forgotten'>) {
    this.network = parts.network;
    this.office = parts.office;
    this.nats = parts.nats;
    this.phones = parts.phones;
    this.forgotten = parts.forgotten;
  }

  static async open(): Promise<World> {
    const network = await Network.open('NATs of four kinds');
    const authority = await Authority.create();
    const users = natKinds.flatMap((kind) =>
      ([...transports, 'wss'] as const).map((transport) => [userOf(kind, transport), {}] as const),
    );
    const others = { forgotten: { keepAlive: 0, ringTimeout: 2 }, outside: {} };
    const tenant = acme({ ...Object.fromEntries(users), ...others }, { registration: { keepAlive } });
    const office = await Office.open(network, tenant, async (address) => {
      const { certificate, key } = await authority.issue([`DNS:${domain}`, `IP:${address}`]);
      const schemes = [...transports, 'wss'] as const;
      const listen = schemes.map((scheme) => `${scheme}://${address}:${ports[scheme]}`);
      return [
        '--sip-listen',
        listen.join(','),
        ...['--sip-tls-certificate', certificate, '--sip-tls-key', key],
      ];
    });
    const own = await authority.issueTogether(['DNS:phone.example']);
    const tls = { authority: authority.certificate, own };
    const opened = await Promise.all(natKinds.map((kind) => Nat.open(network, kind, memory)));
    const rows = await Promise.all(opened.map((nat) => behind(nat, office, tls)));
    const phones = Object.fromEntries(rows.map((row, index) => [natKinds[index]!, row])) as unknown as Phones;
    const nats = new Map(opened.map((nat) => [nat.kind, nat]));
    const forgotten = await Baresip.start((phones.symmetric.udp as Baresip).host, {
      ...office.account('forgotten'),
      tone: 300,
      seat: transports.length,
    });
    const all = [...Object.values(phones).flatMap((row) => Object.values(row)), forgotten];
    await Promise.all(all.map((phone) => phone.register()));
    return new World({ network, office, nats, phones, forgotten });
  }

  /** Each phone with one of another transport behind the NAT of the next kind, so that all of them are in a pair. */
  get pairs(): (readonly [Softphone, Softphone])[] {
    return natKinds.flatMap((kind, index) => {
      const next = natKinds[(index + 1) % natKinds.length]!;
      const { udp, tls } = this.phones[kind];
      const { tcp, wss } = this.phones[next];
      return [[udp, tcp] as const, [tls, wss] as const];
    });
  }

  /** Waits until the phones over UDP have answered so many questions more. */
  async idle(): Promise<void> {
    const answers = async () =>
      sumOf(await seriesOf(this.office.tandem), 'tandem_keep_alives_total', { fate: 'answered' });
    const enough = (await answers()) + natKinds.length * questions;
    await until(
      () => `${enough} answers`,
      async () => (await answers()) >= enough,
      4 * questions * 1_000,
    );
  }
}

/** A phone for each transport behind a NAT. */
async function behind(
  nat: Nat,
  office: Office,
  tls: { readonly authority: string; readonly own: string },
): Promise<Readonly<Record<Transport, Softphone>>> {
  const host = await nat.host(`behind a ${nat.kind} NAT`);
  const account = (transport: Transport) => ({
    ...office.account(userOf(nat.kind, transport)),
    ...{ transport, tone: toneOf(nat.kind, transport) },
    proxy: `${office.tandem.host.address}:${ports[transport]}`,
  });
  const started = transports.map(async (transport, seat) => [
    transport,
    await Baresip.start(host, { ...account(transport), seat, tls }),
  ]);
  await nat.lead();
  const authorities = await readFile(tls.authority, 'latin1');
  const wss = await TandemPhone.start(nat.inner, { ...account('wss'), security: { authorities } });
  return { ...Object.fromEntries(await Promise.all(started)), wss };
}

/** Each calls the other; both sides hear each other, and nobody else is heard or hears them. */
async function talk(world: World, pairs: readonly (readonly [Softphone, Softphone])[]): Promise<void> {
  for (let first = 0; first < pairs.length; first += atOnce) {
    const some = pairs.slice(first, first + atOnce);
    await Promise.all(
      some.map(async ([caller, callee]) => {
        await connectPhones(caller, callee);
        await expectTwoTone(caller, callee);
      }),
    );
  }
  expect(await intrude(world.network, world.office.tandem)).toBe(0);
  await Promise.all(pairs.map(([caller, callee]) => expectTwoTone(caller, callee, 'now')));
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
  let world: World;

  beforeAll(async () => {
    world = await World.open();
  });

  it('call and are called after a long silence, over every transport (KA-11)', async () => {
    const { pairs } = world;
    for (const way of [pairs, pairs.map(([one, other]) => [other, one] as const)]) {
      await world.idle();
      await talk(world, way);
    }
    const series = await seriesOf(world.office.tandem);
    const kept = ['answering', 'silent'].map((state) => sumOf(series, 'tandem_phones_kept_alive', { state }));
    expect(kept).toEqual([natKinds.length, 0]);
    const rows = JSON.parse(await world.office.tandem.ask('registrations', '-o', 'json')) as {
      readonly transport: string;
      readonly latency?: number;
    }[];
    const known = rows.filter(({ latency }) => latency !== undefined);
    expect(known.map(({ transport }) => transport)).toEqual(Array(natKinds.length).fill('udp'));
  });

  it('that nothing keeps open are not reached, and the log says where and since when (W-17)', async () => {
    const { forgotten, nats, network, office } = world;
    const { tandem } = office;
    const outside = await TandemPhone.start(network, office.account('outside'));
    await outside.register();
    await outside.dial(uriOf('forgotten'));
    expect(await outside.closed()).toMatch(/^408 /);
    const said = tandem.logs().find(({ fault }) => fault === 'nat-closed');
    const nat = nats.get('symmetric')!;
    const seen = `seen at ${nat.address}:\\d+ \\(bound \\d+ s ago, not kept alive\\)`;
    expect(said).toMatchObject({ layer: 'nat' });
    expect(said?.msg).toMatch(new RegExp(`sip:forgotten-?\\w*@${forgotten.host.address}:\\d+\\S*, ${seen}`));
    const dry = await tandem.ask('route', 'test', '--from', 'outside', '--to', 'forgotten');
    expect(dry).toMatch(new RegExp(`is seen at ${nat.address}:\\d+, bound \\d+ s ago, not kept alive`));
  });
});
