import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { expect, onTestFinished } from 'vitest';
import { Authority } from '../harness/authority.ts';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { Dialog } from './dialog.ts';
import { everyTransport } from './everywhere.ts';
import { it } from './fixture.ts';
import { sdp } from './phone.ts';
import { reply, statusOf } from './reply.ts';
import { beyond, callPast, described, outside } from './tales.ts';
import { address, type Tiers } from './tiers.ts';
import { tlsMessages } from './tls-messages.ts';
import { areRight, asks, auth, challenge } from './trunk-challenges.ts';

const describe = needs('namespace', 'openssl');

const here = address(11);

/** How a carrier takes the next request of a method, proven in its way, and answers it. */
type Take = (method: string, status?: string, body?: string) => Promise<Message>;

const contact = { Contact: `<sip:carrier@${outside}>` };

/** By the address that our requests come from. */
async function byAddress(tiers: Tiers): Promise<Take> {
  const carrier = await tiers.outside(outside, here);
  return async (method, status, body) => {
    const asked = await carrier.wire.receive(`${method} `);
    expect(asked.header('Via')).toContain(`UDP ${here}:5060;`);
    if (status) carrier.reply(asked, status, body ? sdp : {}, body);
    return asked;
  };
}

async function byDigest(tiers: Tiers): Promise<Take> {
  const carrier = await tiers.outside(outside, here);
  return async (method, status, body) => {
    if (method !== 'ACK') await challenge(carrier, method, 407, asks());
    const asked = await carrier.wire.receive(`${method} `);
    expect(areRight(asked.header('Proxy-Authorization'), 'MD5', method === 'ACK' ? 'INVITE' : method)).toBe(
      true,
    );
    if (status) carrier.reply(asked, status, body ? sdp : {}, body);
    return asked;
  };
}

/** By the certificate that we show, without which no connection comes about. */
async function byCertificate(authority: Authority): Promise<Take & { readonly port: number }> {
  const { certificate, key } = await authority.issue([`IP:${outside}`]);
  const [ca, cert, ownKey] = await Promise.all(
    [authority.certificate, certificate, key].map((file) => readFile(file)),
  );
  const server = createServer({
    ca: ca!,
    cert: cert!,
    key: ownKey!,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const connected = once(server, 'secureConnection') as Promise<[TLSSocket]>;
  server.listen(0, outside);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  let connection: { readonly socket: TLSSocket; readonly inbox: ReturnType<typeof tlsMessages> } | undefined;
  const take: Take = async (method, status, body) => {
    if (!connection) {
      const [socket] = await connected;
      onTestFinished(() => void socket.destroy());
      expect(socket.getPeerX509Certificate()?.subjectAltName).toContain(domain);
      connection = { socket, inbox: tlsMessages(socket) };
    }
    const asked = await connection.inbox.take(method, ({ start }) => start.startsWith(`${method} `));
    const headers = { ...contact, ...(body && sdp) };
    if (status) connection.socket.write(reply(asked, status, 'carrier', headers, body).text);
    return asked;
  };
  return Object.assign(take, { port: (server.address() as AddressInfo).port });
}

describe('a carrier', () => {
  it.for(['address', 'digest', 'certificate'] as const)(
    'to which we are proven by %s is called (MA-29)',
    async (mode, { tiers: start }) => {
      const authority = mode === 'certificate' ? await Authority.create() : undefined;
      const proven = authority && (await byCertificate(authority));
      const own = {
        address: { contacts: [`sip:${outside}`] },
        digest: { contacts: [`sip:${outside}`], auth },
        certificate: { contacts: [`sip:${outside}:${proven?.port};transport=tls`] },
      };
      const Route = { all: { match: { prefix: '+' }, trunks: ['carrier'] } };
      const tiers = await start({ more: { Trunk: { carrier: own[mode] }, Route } });
      const issued = authority && everyTransport(here, await authority.issue([`DNS:${domain}`]));
      await tiers.edge('edge-1', here, issued && { ...issued, sipTlsCa: authority.certificate });
      const take = proven ?? (mode === 'digest' ? await byDigest(tiers) : await byAddress(tiers));
      const phone = await tiers.phone(here);
      const invite = await callPast(phone, `sip:+34600111222@${domain}`);
      await take('INVITE', '200 OK', described(outside));
      const answer = await phone.final(invite);
      expect(statusOf(answer)).toBe(200);
      const mine = Dialog.ofCaller(phone, answer);
      mine.acknowledge(beyond(mine));
      await take('ACK');
      const bye = mine.request('BYE', beyond(mine));
      phone.send(bye);
      await take('BYE', '200 OK');
      expect(statusOf(await phone.final(bye))).toBe(200);
    },
  );
});
