import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { expect, onTestFinished } from 'vitest';
import { Authority, type IssuedFiles } from '../harness/authority.ts';
import { until } from '../harness/deadline.ts';
import { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { everyTransport } from './everywhere.ts';
import { it } from './fixture.ts';
import { reply } from './reply.ts';
import { fresh } from './request.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace', 'openssl');

const [edge, peer] = [address(11), address(12)];

/** A TLS server of another domain, where everybody is busy; returns its address and what it was told. */
async function listening({ certificate, key }: IssuedFiles): Promise<{ uri: string; told: string[] }> {
  const told: string[] = [];
  const server = createServer({ cert: await readFile(certificate), key: await readFile(key) }, (socket) => {
    socket.on('data', (octets) => {
      const request = new Message(octets.toString('latin1'));
      told.push(request.text);
      if (request.start.startsWith('INVITE')) socket.write(reply(request, '486 Busy Here', fresh(), {}).text);
    });
  });
  server.on('tlsClientError', (_, socket) => socket.destroy());
  await once(server.listen(0, peer), 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { uri: `sip:bob@${peer}:${port};transport=tls`, told };
}

async function logged(tiers: Tiers, code: string): Promise<string> {
  const found = () => tiers.lines.find(({ fault, sipCallId }) => fault === code && sipCallId !== undefined);
  await until(
    () => `a line with ${code}`,
    async () => found() !== undefined,
  );
  return String(found()?.msg);
}

describe('a call to a peer over TLS', () => {
  it.for([
    ['has ended', -1, peer, /: expired: subject CN=Issued \d+; .*; valid from .* to 2\d{3}-.*Z$/],
    [
      'is for another',
      30,
      '192.0.2.99',
      /: issued for another name: subject CN=Issued \d+; names 192.0.2.99; /,
    ],
  ] as const)(
    'fails when its certificate %s, which is told',
    async ([, days, name, cause], { tiers: open }) => {
      const tiers = await open({ callsToOtherDomains: true });
      const authority = await Authority.create();
      const own = everyTransport(edge, await authority.issue(['DNS:acme.example']));
      await tiers.edge('edge-1', edge, { ...own, sipTlsCa: authority.certificate });
      const alice = await tiers.phone(edge);
      const { told, uri } = await listening(await authority.issue([`IP:${name}`], days));
      const refused = await alice.final(await alice.invite(uri));
      expect(refused.start).toBe('SIP/2.0 480 Temporarily Unavailable');
      const line = await logged(tiers, 'certificate-refused');
      expect(line).toMatch(cause);
      expect(line).toContain(`wanted ${peer}`);
      expect(told).toEqual([]);
    },
  );

  it('reaches one whose certificate is good', async ({ tiers: open }) => {
    const tiers = await open({ callsToOtherDomains: true });
    const authority = await Authority.create();
    const own = everyTransport(edge, await authority.issue(['DNS:acme.example']));
    await tiers.edge('edge-1', edge, { ...own, sipTlsCa: authority.certificate });
    const alice = await tiers.phone(edge);
    const { told, uri } = await listening(await authority.issue([`IP:${peer}`]));
    expect((await alice.final(await alice.invite(uri))).start).toBe('SIP/2.0 486 Busy Here');
    expect(told[0]).toContain(`\r\nVia: SIP/2.0/TLS ${edge}:5061;branch=`);
  });
});
