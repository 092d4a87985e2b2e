import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createPlainServer, type Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Edge } from '@tandem/edge';
import { expect } from 'vitest';
import { Authority, type IssuedFiles } from '../harness/authority.ts';
import { until } from '../harness/deadline.ts';
import { DnsServer } from '../harness/dns-server.ts';
import { type Message, split } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { Tandem } from '../harness/tandem.ts';
import { nextAccount } from './acme.ts';
import { dial } from './call.ts';
import { Dialog } from './dialog.ts';
import { everyTransport } from './everywhere.ts';
import { it as base } from './fixture.ts';
import { offer, Phone, sdp } from './phone.ts';
import { reply, statusOf } from './reply.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace', 'knotd', 'openssl');

const here = address(31);
/** Nothing listens there. */
const nowhere = address(39);

/** An edge that may call other domains, a DNS server that says where those are, and a caller. */
interface Site {
  readonly tiers: Tiers;
  /** What the edge leaves to chance. */
  readonly chance: Chance;
  readonly edge: Edge;
  readonly dns: DnsServer;
  readonly alice: Phone;
  /** Opens a server elsewhere. */
  readonly server: (ownPort?: number) => Promise<Phone>;
  /** Has these records in DNS from now on. */
  readonly zone: (...records: readonly string[]) => Promise<void>;
}

const it = base.extend<{ site: Site }>({
  site: async ({ tiers: open }, use) => {
    const tiers = await open({ callsToOtherDomains: true });
    const chance = new Chance();
    tiers.random = chance.next;
    const dns = await DnsServer.start({ records: [] });
    const edge = await tiers.edge('edge-1', here, { dnsServers: [dns] });
    const alice = await tiers.phone(here, 'tcp');
    await alice.register();
    const zone = (...records: readonly string[]): Promise<void> => dns.change(records);
    await use({ tiers, chance, edge, dns, alice, server: (ownPort) => tiers.server(here, ownPort), zone });
    await dns.close();
  },
});

/** Numbers from 0 up to 1, the same each time from a state on. */
class Chance {
  state = 4_711;
  readonly next = (): number => {
    this.state = (this.state * 48_271) % 2_147_483_647;
    return this.state / 2_147_483_647;
  };
}

/** An SRV record that leads to a server. */
function srv(name: string, priority: number, weight: number, { wire }: Pick<Phone, 'wire'>): string {
  return `${name} SRV ${priority} ${weight} ${portOf(wire.local)} host`;
}

function portOf(local: string): number {
  return Number(local.split(':')[1]);
}

const host = `host A ${address(1)}`;
const called = 'sip:bob@carrier.example';

/** Lets a server refuse what it is asked next. */
async function refuse(server: Phone, status = '486 Busy Here', headers = {}): Promise<Message> {
  const invite = await server.answer('INVITE', status, headers);
  await server.wire.receive('ACK');
  return invite;
}

/** A call whose callee is a name that two servers are behind; the first of them has got the ACK. */
async function answered({
  alice,
  server,
  zone,
}: Site): Promise<{ caller: Dialog; first: Phone; second: Phone }> {
  const [carrier, first, second] = [await server(), await server(), await server()];
  await zone(
    host,
    srv('_sip._udp.carrier', 1, 1, carrier),
    srv('_sip._udp.party', 1, 1, first),
    srv('_sip._udp.party', 2, 1, second),
  );
  const invite = await dial(alice, called);
  await carrier.answer('INVITE', '200 OK', { ...sdp, Contact: '<sip:bob@party.example>' }, offer);
  const caller = Dialog.ofCaller(alice, await alice.final(invite));
  caller.acknowledge();
  await first.wire.receive('ACK');
  return { caller, first, second };
}

/** A server that speaks TLS, and refuses every call. */
class TlsServer {
  /** The methods that it was asked. */
  readonly heard: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('secureConnection', (socket) => {
      socket.on('data', (octets) => this.#received(octets.toString('latin1'), socket));
      socket.on('error', () => socket.destroy());
    });
  }

  static async open(address: string, { certificate, key }: IssuedFiles): Promise<TlsServer> {
    const server = createServer({ cert: await readFile(certificate), key: await readFile(key) });
    server.listen(0, address);
    await once(server, 'listening');
    return new TlsServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
  }

  #received(text: string, socket: TLSSocket): void {
    for (const message of split(text).messages) {
      const [method = ''] = message.start.split(' ');
      this.heard.push(method);
      if (method === 'INVITE') socket.write(reply(message, '486 Busy Here', 'server').text);
    }
  }
}

describe('a call to another domain', () => {
  it('that has no SRV records goes to its address, port 5060', async ({ site: { alice, server, zone } }) => {
    const carrier = await server(5060);
    await zone(`carrier A ${address(1)}`);
    const invite = await dial(alice, called);
    expect((await refuse(carrier)).start).toBe('INVITE sip:bob@carrier.example SIP/2.0');
    expect(statusOf(await alice.final(invite))).toBe(486);
  });

  it('goes over what its NAPTR records prefer, and over the next when that is refused', async ({ site }) => {
    const { alice, server, zone } = site;
    const carrier = await server();
    await zone(
      host,
      `closed A ${nowhere}`,
      'carrier NAPTR 10 10 "s" "SIP+D2T" "" stream.carrier',
      'carrier NAPTR 20 10 "s" "SIP+D2U" "" datagram.carrier',
      'stream.carrier SRV 1 1 5060 closed',
      srv('datagram.carrier', 1, 1, carrier),
      `_sip._udp.carrier SRV 1 1 5060 closed`,
    );
    const invite = await dial(alice, called);
    expect((await refuse(carrier)).headers('Via')[0]).toMatch(/^SIP\/2\.0\/UDP /);
    expect(statusOf(await alice.final(invite))).toBe(486);
  });

  it('goes to the next server when one answers 503, which is left alone for as long as it asks', async ({
    site: { alice, edge, server, zone },
  }) => {
    const [first, second] = [await server(), await server()];
    await zone(host, srv('_sip._udp.carrier', 1, 1, first), srv('_sip._udp.carrier', 2, 1, second));
    const invite = await dial(alice, called);
    const asked = await refuse(first, '503 Service Unavailable', { 'Retry-After': '3600' });
    const again = await refuse(second);
    expect(statusOf(await alice.final(invite))).toBe(486);
    expect(again.header('Via')).not.toBe(asked.header('Via'));
    expect(again.header('CSeq')).toBe(asked.header('CSeq'));
    expect(edge.status.names.avoided).toBe(1);
    const later = await dial(alice, called);
    await refuse(second);
    expect(statusOf(await alice.final(later))).toBe(486);
    await first.wire.silent();
  });

  it('goes to the next server when one is silent, and hangs up on it when it wakes up', async ({ site }) => {
    const { alice, server, zone } = site;
    const [asleep, awake] = [await server(), await server()];
    await zone(host, srv('_sip._udp.carrier', 1, 1, asleep), srv('_sip._udp.carrier', 2, 1, awake));
    const invite = await dial(alice, called);
    const asked = await asleep.wire.receive('INVITE');
    const again = await awake.wire.receive('INVITE');
    awake.reply(again, '200 OK', sdp, offer);
    const caller = Dialog.ofCaller(alice, await alice.final(invite));
    caller.acknowledge();
    await awake.wire.receive('ACK');
    asleep.reply(asked, '200 OK', sdp, offer);
    await asleep.wire.receive('ACK');
    expect((await asleep.answer('BYE')).header('To')).toContain(asleep.tag);
    const bye = awake.answer('BYE');
    expect(statusOf(await caller.ask('BYE'))).toBe(200);
    await bye;
  });

  it('goes over TLS to who proves the name of its domain, and not only that of a server', async ({
    site,
  }) => {
    const { dns, tiers, zone } = site;
    const authority = await Authority.create();
    const [edge, other, proven] = await Promise.all(
      [`IP:${address(32)}`, 'DNS:host.example', 'DNS:carrier.example'].map((name) => authority.issue([name])),
    );
    const secured = { ...everyTransport(address(32), edge!), sipTlsCa: authority.certificate };
    await tiers.edge('edge-2', address(32), { ...secured, dnsServers: [dns] });
    const [first, second] = [
      await TlsServer.open(address(1), other!),
      await TlsServer.open(address(1), proven!),
    ];
    await zone(
      host,
      'carrier NAPTR 10 10 "s" "SIPS+D2T" "" _sips._tcp.carrier',
      `_sips._tcp.carrier SRV 1 1 ${first.port} host`,
      `_sips._tcp.carrier SRV 2 1 ${second.port} host`,
    );
    const alice = await tiers.phone(address(32), 'tcp');
    await alice.register();
    const invite = await dial(alice, called);
    expect(statusOf(await alice.final(invite))).toBe(486);
    await until(
      () => 'the ACK',
      () => second.heard.includes('ACK'),
    );
    expect([first.heard, second.heard]).toEqual([[], ['INVITE', 'ACK']]);
    for (const each of [first, second]) each.close();
  });

  it('has failed when no server takes it, and says what each has done', async ({ site }) => {
    const { alice, server, tiers, zone } = site;
    const [first, second] = [await server(), await server()];
    await zone(
      host,
      `closed A ${nowhere}`,
      '_sip._tcp.carrier SRV 1 1 5060 closed',
      srv('_sip._udp.carrier', 1, 1, first),
      srv('_sip._udp.carrier', 2, 1, second),
    );
    const invite = await dial(alice, called);
    for (const each of [first, second]) await refuse(each, '503 Service Unavailable');
    expect(statusOf(await alice.final(invite))).toBe(480);
    expect(faultOf(tiers, invite)).toBe(
      `targets-exhausted: ${called}: udp ${first.wire.local} has answered 503; ` +
        `udp ${second.wire.local} has answered 503; tcp ${nowhere}:5060 cannot be connected to`,
    );
    const { kind } = await tiers.events.take('the end', ({ kind: each }) => each?.$case === 'callEnded');
    expect(kind?.value).toMatchObject({ fault: 'targets-exhausted', outcome: 'upstream_error' });
  });

  it('has the servers that failed in its trace', async ({ network, tenant }) => {
    const dns = await DnsServer.start({
      host: network.gateway,
      records: [
        `closed A ${network.gateway}`,
        '_sip._tcp.carrier SRV 1 1 9 closed',
        '_sip._tcp.carrier SRV 2 1 19 closed',
      ],
    });
    network.attach(() => dns.close());
    const flags = ['--dns-servers', `${dns.host}:${dns.port}`];
    const mayLeave = { ...tenant, callsToOtherDomains: true };
    const tandem = await Tandem.start(await network.host('tandem'), mayLeave, flags);
    const line = { transport: 'tcp', local: network.gateway, remote: tandem.host.address } as const;
    const alice = await Phone.open(nextAccount(), line);
    await alice.register();
    const invite = await dial(alice, called);
    expect(statusOf(await alice.final(invite))).toBe(480);
    const table = [9, 19].map((port) => `tcp ${network.gateway}:${port} cannot be connected to`).join('; ');
    await until(
      () => 'the trace of the call',
      async () =>
        (await tandem.ask('trace', invite.header('Call-ID'))).includes(
          `targets-exhausted: ${called}: ${table}`,
        ),
      20_000,
    );
    alice.close();
  });

  it('finds the next server for later requests as well', async ({ site }) => {
    const { caller, first, second } = await answered(site);
    const ending = caller.ask('BYE');
    await first.answer('BYE', '503 Service Unavailable');
    await second.answer('BYE');
    expect(statusOf(await ending)).toBe(200);
  });

  it('is hung up on at the next server as well', async ({ site }) => {
    const { alice, edge } = site;
    const { first, second } = await answered(site);
    const stopping = edge.stop();
    await first.answer('BYE', '503 Service Unavailable');
    await second.answer('BYE');
    await alice.answer('BYE');
    await stopping;
  });

  it('goes to the proxy that its route names, and fails by its name', async ({ site }) => {
    const { dns, server, tiers, zone } = site;
    const other = address(32);
    const route = '<sip:proxy.example;lr>';
    tiers.link = throughRoute(tiers, route);
    await tiers.edge('edge-2', other, { dnsServers: [dns] });
    const [alice, proxy] = [await tiers.phone(other, 'tcp'), await server()];
    await alice.register();
    await zone(host, srv('_sip._udp.proxy', 1, 1, proxy));
    const invite = await dial(alice, called);
    const asked = await refuse(proxy, '503 Service Unavailable');
    expect([asked.start, asked.header('Route')]).toEqual([`INVITE ${called} SIP/2.0`, route]);
    expect(statusOf(await alice.final(invite))).toBe(500);
    expect(faultOf(tiers, invite)).toBe(
      `target-unreachable: sip:proxy.example;lr: udp ${proxy.wire.local} has answered 503`,
    );
  });
});

/** A router whose calls to other domains leave by a route. */
function throughRoute({ router }: Tiers, route: string): Tiers['link'] {
  return {
    connectionEnded: (ended) => router.connectionEnded(ended),
    async decide(request) {
      const verdict = await router.decide(request);
      const groups = verdict.decision?.$case === 'relay' ? verdict.decision.value.groups : [];
      for (const target of groups.flatMap(({ targets }) => targets)) target.route = [route];
      return verdict;
    },
  };
}

/** What was logged last of why a call could not be sent on. */
function faultOf(tiers: Tiers, invite: Message): unknown {
  const callId = invite.header('Call-ID');
  return tiers.lines.findLast(({ callId: id, fault, sipCallId }) => !id && fault && sipCallId === callId)
    ?.msg;
}

describe('servers of one domain', () => {
  it('get calls by their weights, and one that is dead costs no call', async ({ site }) => {
    const { alice, chance, server, zone } = site;
    const calls = Number(process.env.LOCATING_CALLS ?? 300);
    const alive = [await server(), await server(), await server()] as const;
    const dead = await server();
    dead.close();
    const weights = [60, 30, 10];
    const records = alive.map((each, index) => srv('_sip._udp.carrier', 1, weights[index]!, each));
    await zone(host, ...records, srv('_sip._udp.carrier', 1, 100, dead));
    const taken = alive.map(() => 0);
    for (const [index, each] of alive.entries()) void takeAll(each, () => taken[index]!++);
    // Each call has chances of its own: however often they are taken, those of the next one are the same.
    const seeds = new Chance();
    for (let call = 0; call < calls; call++) {
      seeds.next();
      chance.state = seeds.state;
      const invite = await dial(alice, called);
      expect(statusOf(await alice.final(invite))).toBe(486);
    }
    const off = taken.map((count, index) => Math.abs((count / calls) * 100 - weights[index]!));
    expect(Math.max(...off)).toBeLessThan(5);
  });
});

/** Refuses every call until the server is closed. */
async function takeAll(server: Phone, taken: () => void): Promise<void> {
  for (;;) {
    try {
      await server.answer('INVITE', '486 Busy Here');
    } catch {
      return;
    }
    taken();
  }
}

describe('a DNS server that is silent', () => {
  it('stops no call to a name that is known, and holds up no other call', async ({ site }) => {
    const { alice, dns, edge, server, tiers, zone } = site;
    const carrier = await server();
    await zone(host, srv('_sip._udp.carrier', 1, 1, carrier));
    const bob = await tiers.phone(here, 'tcp');
    await bob.register();
    await refuseOne(alice, carrier, called);
    await dns.pause();
    const { asked } = edge.status.names;
    const unknown = await dial(alice, 'sip:bob@new.example');
    // The lookup has begun, and will not end before these calls have.
    await until(
      () => 'a question',
      () => edge.status.names.asked > asked,
    );
    await refuseOne(alice, carrier, called);
    await refuseOne(alice, bob, bob.uri);
    expect(tiers.lines.some(({ fault }) => fault === 'resolver-silent')).toBe(false);
    expect(statusOf(await alice.final(unknown))).toBe(500);
    expect(faultOf(tiers, unknown)).toBe(
      `resolver-silent: sip:bob@new.example: NAPTR new.example of 127.0.0.1:${dns.port}: no answer within 1.5 s`,
    );
  });
});

async function refuseOne(caller: Phone, callee: Phone, uri: string): Promise<void> {
  const invite = await dial(caller, uri);
  await callee.answer('INVITE', '486 Busy Here');
  expect(statusOf(await caller.final(invite))).toBe(486);
}

describe('a response', () => {
  it('comes to the port that Via names when its connection has ended', async ({ site }) => {
    const { alice, edge, tiers } = site;
    const bob = await tiers.phone(here);
    await bob.register();
    const listening = createPlainServer().listen(0, address(1));
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    const via = `SIP/2.0/TCP ${address(1)}:${port};branch=z9hG4bK-again;rport`;
    alice.send(alice.offer(bob.uri, { Via: via }));
    const invite = await bob.wire.receive('INVITE');
    const open = (): number => new Map(edge.status.connections).get('tcp')!;
    expect(open()).toBe(1);
    alice.close();
    await until(
      () => 'the end of the connection',
      () => open() === 0,
    );
    bob.reply(invite, '486 Busy Here');
    const [socket] = (await once(listening, 'connection')) as [Socket];
    const [octets] = (await once(socket, 'data')) as [Buffer];
    expect(octets.toString('latin1')).toMatch(/^SIP\/2\.0 486 Busy Here\r\n/);
    socket.destroy();
    listening.close();
  });
});
