import { once } from 'node:events';
import { connect as open, type Socket } from 'node:net';
import { expect } from 'vitest';
import { Authority } from '../harness/authority.ts';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { Sipp } from '../harness/sipp.ts';
import { domain, nextAccount } from './acme.ts';
import { connect, hangUp } from './call.ts';
import { bind, calling } from './desk.ts';
import { everyTransport, ports } from './everywhere.ts';
import { it } from './fixture.ts';
import { statusOf } from './reply.ts';
import { address } from './tiers.ts';

const describe = needs('namespace', 'openssl', 'sipp');

const registrar = `sip:${domain}`;

/** A connection whose octets the test sees itself. */
async function dial(host: string): Promise<Socket> {
  const socket = open({ host, port: 5060, noDelay: true }).setEncoding('latin1');
  await once(socket, 'connect');
  return socket;
}

describe('a message over TCP', () => {
  it('may come in segments', async ({ phone }) => {
    const [alice, witness] = [await phone('tcp'), await phone('tcp')];
    const request = alice.request('OPTIONS', registrar, {}, 'a body\r\n\r\nin parts');
    const { text } = request;
    const cuts = [0, text.indexOf('CSeq') + 2, text.indexOf('\r\n\r\n') + 3, text.length - 5, text.length];
    for (const [index, cut] of cuts.slice(1).entries()) {
      await witness.wire.silent();
      alice.wire.send(text.slice(cuts[index], cut));
    }
    expect(statusOf(await alice.final(request))).toBe(200);
  });

  it('may come with others in one segment', async ({ phone }) => {
    const alice = await phone('tcp');
    const requests = ['a', 'b', 'c'].map((body) => alice.request('OPTIONS', registrar, {}, body));
    alice.wire.send(requests.map(({ text }) => text).join(''));
    for (const request of requests) expect(statusOf(await alice.final(request))).toBe(200);
  });

  it('may take its time, and nobody else waits for it', async ({ phone }) => {
    const [slow, quick] = [await phone('tcp'), await phone('tcp')];
    const request = slow.request('OPTIONS', registrar);
    for (const octet of request.text.slice(0, 20)) {
      slow.wire.send(octet);
      expect(statusOf(await quick.ask(quick.request('OPTIONS', registrar)))).toBe(200);
    }
    slow.wire.send(request.text.slice(20));
    expect(statusOf(await slow.final(request))).toBe(200);
  });

  it.for([65_400, 70_000, 1_000_000])(
    'meets 513 when its body has %d octets, and it was the last',
    async (octets, { phone }) => {
      const alice = await phone('tcp');
      const request = alice.request('OPTIONS', registrar, {}, 'x'.repeat(octets));
      const refusal = await alice.ask(request);
      const size = `${request.text.length} octets, the cap is 65535`;
      expect(refusal.start).toBe(`SIP/2.0 513 Message Too Large - ${size}`);
      await expect(alice.wire.receive('SIP/2.0')).rejects.toThrow('the connection is closed');
    },
  );

  it.for([
    ['without Content-Length', undefined],
    ['with a negative Content-Length', '-1'],
    ['with two', ['0', '0']],
  ] as const)(
    'meets 400 when it comes %s, for it has no end, and it was the last',
    async ([, length], { phone }) => {
      const alice = await phone('tcp');
      const refusal = await alice.ask(alice.request('OPTIONS', registrar, { 'Content-Length': length }));
      expect(refusal.start).toMatch(/^SIP\/2\.0 400 Bad Request - Content-Length /);
      await expect(alice.wire.receive('SIP/2.0')).rejects.toThrow('the connection is closed');
    },
  );

  it('is cut off when its headers do not end', async ({ phone }) => {
    const { wire } = await phone('tcp');
    wire.send(`OPTIONS sip:acme.example SIP/2.0\r\n${'Subject: x\r\n'.repeat(6_000)}`);
    await expect(wire.receive('SIP/2.0')).rejects.toThrow('the connection is closed');
  });
});

describe('keep-alives over TCP', () => {
  it('are answered when they are a ping', async ({ live }) => {
    const socket = await dial(live.tandem.host.address);
    socket.write('\r\n\r\n');
    expect(await once(socket, 'data')).toEqual(['\r\n']);
    socket.write('\r\n\r\n');
    expect(await once(socket, 'data')).toEqual(['\r\n']);
    socket.destroy();
  });

  it('are not when they are a pong, or stand before a message', async ({ phone }) => {
    const { wire } = await phone('tcp');
    wire.send('\r\n');
    await wire.silent();
  });
});

describe('sipp over TCP', () => {
  const calls = 1_000;
  const rate = 50;
  const deadline = 90_000;

  it.for([
    ['one connection', false],
    ['a connection for each call', true],
  ] as const)(
    'makes 1,000 calls over %s (OS-12)',
    { concurrent: true, timeout: 2 * deadline },
    async ([, socketPerCall], { live: { network, tandem } }) => {
      const [alice, bob] = [nextAccount(), nextAccount()];
      const [near, far] = [await network.host(alice.user), await network.host(bob.user)];
      await bind(far, tandem.proxy, bob);
      const uas = await Sipp.start(far, { scenario: 'uas-answer', calls, traced: false });
      const uac = await Sipp.start(near, {
        ...calling(alice, bob),
        ...{ scenario: 'uac-invite', remote: tandem.proxy, transport: 'tcp', socketPerCall },
        ...{ calls, rate, traced: false },
      });
      expect(await uac.succeed(deadline)).toMatchObject({ successful: calls, failed: 0 });
      expect(await uas.succeed(deadline)).toMatchObject({ successful: calls, failed: 0 });
    },
  );
});

describe('connections', () => {
  it('that stand still, 500 of them, hold nobody up', async ({ tiers: make }) => {
    const edge = address(11);
    const tiers = await make();
    const sources = [3, 4, 5, 6].map(address);
    const issued = await (await Authority.create()).issue(['DNS:acme.example']);
    const opened = await tiers.edge('edge-1', edge, everyTransport(edge, issued));
    const [alice, bob] = [await tiers.phone(edge, 'tcp'), await tiers.phone(edge, 'tcp')];
    await alice.register();
    await bob.register();
    // A message and a handshake that have begun.
    const begun = [
      ...Array.from({ length: 400 }, () => ({ port: ports.tcp, octets: 'INVITE sip:' })),
      ...Array.from({ length: 100 }, () => ({ port: ports.tls, octets: '\x16\x03\x01\x02\x00\x01' })),
    ];
    const stalled = begun.map(({ octets, port }, index) => {
      const socket = open({ host: edge, port, localAddress: sources[index % sources.length]! });
      socket.on('error', () => undefined).write(octets, 'latin1');
      return socket;
    });
    await until(
      () => `500 half-open connections, of which there are ${opened.status.halfOpen}`,
      async () => opened.status.halfOpen === 500,
    );
    for (let count = 0; count < 20; count++) await hangUp(await connect(alice, bob), bob);
    for (const socket of stalled) socket.destroy();
    await until(
      () => 'the end of all half-open connections',
      async () => opened.status.halfOpen === 0,
    );
  });

  it('are refused above what a source may have, and taken again when one ends', async ({ tiers: open }) => {
    const edge = address(11);
    const tiers = await open();
    await tiers.edge('edge-1', edge, { sipMaxConnectionsPerSource: 2 });
    const [first, second] = [await tiers.phone(edge, 'tcp'), await tiers.phone(edge, 'tcp')];
    const third = await tiers.phone(edge, 'tcp');
    await expect(third.wire.receive('SIP/2.0')).rejects.toThrow(/closed|ECONNRESET/);
    for (const { wire } of [first, second]) await wire.silent();
    first.close();
    await second.wire.silent();
    await (await tiers.phone(edge, 'tcp')).wire.silent();
  });
});
