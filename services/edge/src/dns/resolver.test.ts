import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@tandem/platform';
import type { Question } from '@tandem/sip';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { DnsServer } from '../../../../test/harness/dns-server.ts';
import { freePort } from '../../../../test/harness/free-port.ts';
import { needs } from '../../../../test/harness/needs.ts';
import type { Server } from './exchange.ts';
import { Resolver } from './resolver.ts';
import { SystemNames } from './system-names.ts';

const many = Array.from({ length: 200 }, (_, index) => `many A 192.0.2.${index}`);
const records = [
  'carrier A 192.0.2.1',
  'carrier AAAA 2001:db8::1',
  'carrier NAPTR 10 20 "s" "SIP+D2T" "" _sip._tcp.carrier',
  '_sip._tcp.carrier SRV 1 60 5070 host.carrier',
  'alias CNAME other',
  'other CNAME carrier',
  'service.shop A 192.0.2.7',
  ...many,
];
const ttl = 300;
const a = (name: string): Question => ({ type: 'A', name });

let server: DnsServer;
let ahead = 0;
const opened: Resolver[] = [];

interface Given {
  readonly servers?: readonly Server[];
  readonly hosts?: string;
  readonly resolvConf?: string;
}

async function open({ servers = [server], hosts = '', resolvConf = '' }: Given = {}): Promise<Resolver> {
  const folder = await mkdtemp(join(tmpdir(), 'resolver-'));
  const files = { hosts: join(folder, 'hosts'), resolvConf: join(folder, 'resolv.conf') };
  await writeFile(files.hosts, hosts);
  await writeFile(files.resolvConf, resolvConf);
  const resolver = new Resolver({
    system: new SystemNames(files),
    servers,
    log: createLog({ level: 'silent', node: 'test', destination: { write: () => {} } }),
    now: () => Date.now() + ahead,
    took: () => {},
  });
  opened.push(resolver);
  return resolver;
}

/** Asks, and tells what is known then. */
async function resolve(resolver: Resolver, { type, name }: Question): Promise<unknown> {
  await resolver.ask([{ type, name }]);
  return resolver.answers(type, name);
}

needs('knotd')('a resolver', () => {
  beforeAll(async () => {
    server = await DnsServer.start({ records, ttl });
  });

  afterEach(async () => {
    for (const resolver of opened.splice(0)) resolver.close();
    server.resume();
    ahead = 0;
  });

  afterAll(() => server.close());

  it.for([
    ['NAPTR', 'carrier', { flags: 's', services: 'SIP+D2T', replacement: '_sip._tcp.carrier.example' }],
    ['SRV', '_sip._tcp.carrier', { priority: 1, weight: 60, port: 5070, target: 'host.carrier.example' }],
  ] as const)('reads %s', async ([type, name, expected]) => {
    expect(await resolve(await open(), { type, name: `${name}.example` })).toMatchObject([expected]);
  });

  it('reads addresses of both families, behind other names as well', async () => {
    const resolver = await open();
    expect(await resolve(resolver, a('alias.example'))).toEqual(['192.0.2.1']);
    expect(await resolve(resolver, { type: 'AAAA', name: 'alias.example' })).toEqual(['2001:db8::1']);
  });

  it('asks over TCP for what is too long for a datagram, and keeps 32 of it', async () => {
    expect(await resolve(await open(), a('many.example'))).toHaveLength(32);
  });

  it('knows that there is no such name, and does not ask again', async () => {
    const resolver = await open();
    expect(await resolve(resolver, a('nobody.example'))).toEqual([]);
    expect(await resolve(resolver, a('nobody.example'))).toEqual([]);
    expect(resolver.counters).toMatchObject({ asked: 1, failed: 0 });
  });

  it('asks once for many who want to know', async () => {
    const resolver = await open();
    await Promise.all(Array.from({ length: 100 }, () => resolver.ask([a('carrier.example')])));
    expect(resolver.answers('A', 'carrier.example')).toEqual(['192.0.2.1']);
    expect(resolver.counters.asked).toBe(1);
  });

  it('asks again when the time to live is over', async () => {
    const resolver = await open();
    await resolve(resolver, a('carrier.example'));
    await server.change(['carrier A 192.0.2.99']);
    expect(await resolve(resolver, a('carrier.example'))).toEqual(['192.0.2.1']);
    ahead = ttl * 1_000;
    expect(resolver.answers('A', 'carrier.example')).toBeUndefined();
    expect(await resolve(resolver, a('carrier.example'))).toEqual(['192.0.2.99']);
    await server.change(records);
  });

  it('goes on with what it knew while nobody answers, and says who failed for a new name', async () => {
    const resolver = await open();
    await resolve(resolver, a('carrier.example'));
    await server.pause();
    expect(await resolve(resolver, a('new.example'))).toBe('failed');
    const address = `127.0.0.1:${server.port}`;
    expect(resolver.failureOf(a('new.example'))).toBe(`A new.example of ${address}: no answer within 1.5 s`);
    ahead = ttl * 1_000;
    expect(resolver.answers('A', 'carrier.example')).toEqual(['192.0.2.1']);
    expect(resolver.counters).toMatchObject({ stale: 1 });
  });

  it('knows for ten minutes without anybody at once what it knew, and fails in time for what it did not (W-60)', async () => {
    const resolver = await open();
    await resolve(resolver, a('carrier.example'));
    await server.pause();
    const newNames: Promise<unknown>[] = [];
    for (let second = 0; second < 600; second++) {
      ahead = (ttl + second) * 1_000;
      // Whoever is the first to notice waits for it.
      if (second === 0) await resolver.ask([a('carrier.example')]);
      expect(resolver.answers('A', 'carrier.example')).toEqual(['192.0.2.1']);
      if (second % 60 === 0) newNames.push(resolve(resolver, a(`new-${second}.example`)));
    }
    ahead = 0;
    expect(await Promise.all(newNames)).toEqual(newNames.map(() => 'failed'));
    expect(resolver.counters.stale).toBe(600);
  });

  it('does not wait long for what it knew to be renewed, even if it does not know that nobody answers', async () => {
    const resolver = await open();
    await resolve(resolver, a('carrier.example'));
    await server.pause();
    ahead = ttl * 1_000;
    expect(await resolve(resolver, a('carrier.example'))).toEqual(['192.0.2.1']);
    expect(resolver.failureOf(a('carrier.example'))).toBe('no answer within 200 ms');
  });

  it('tries the next one when one is silent, is not there or refuses', async () => {
    const refusing = await DnsServer.start({ records: [] });
    const closed = { host: '127.0.0.1', port: await freePort() };
    const silent = await DnsServer.start({ records });
    await silent.pause();
    for (const first of [silent, closed]) {
      const resolver = await open({ servers: [first, server] });
      expect(await resolve(resolver, a('carrier.example'))).toEqual(['192.0.2.1']);
    }
    const refused = await open({ servers: [refusing, server] });
    expect(await resolve(refused, a('elsewhere.test'))).toBe('refused');
    expect(refused.failureOf(a('elsewhere.test'))).toMatch(/^A elsewhere\.test of .*: REFUSED$/);
    await refusing.close();
    const gone = await open({ servers: [closed] });
    expect(await resolve(gone, a('carrier.example'))).toBe('failed');
    expect(gone.failureOf(a('carrier.example'))).toContain('ECONNREFUSED');
    await silent.close();
  });

  it('takes the word of /etc/hosts, and asks nobody for services of such a name', async () => {
    const resolver = await open({ servers: [], hosts: '192.0.2.50 carrier.example' });
    expect(resolver.answers('A', 'carrier.example')).toEqual(['192.0.2.50']);
    expect(resolver.answers('AAAA', 'carrier.example')).toEqual([]);
    expect(resolver.answers('NAPTR', 'carrier.example')).toEqual([]);
    expect(resolver.answers('SRV', '_sip._udp.carrier.example')).toEqual([]);
    expect(await resolver.addressOf('localhost')).toBe('127.0.0.1');
    expect(resolver.counters.asked).toBe(0);
  });

  it('finds a name of few labels by the search list, as in a pod', async () => {
    const resolver = await open({ resolvConf: 'search none.example shop.example\noptions ndots:2' });
    expect(await resolve(resolver, a('service'))).toEqual(['192.0.2.7']);
    expect(await resolve(resolver, a('carrier.example'))).toEqual(['192.0.2.1']);
  });

  it('asks nobody for what is no name', async () => {
    const resolver = await open({ servers: [] });
    for (const name of ['a..example', `${'x'.repeat(64)}.example`, 'x.'.repeat(130)])
      expect(resolver.answers('A', name)).toEqual([]);
  });
});
