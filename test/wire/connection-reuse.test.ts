import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { expect, onTestFinished } from 'vitest';
import { Authority, type IssuedFiles } from '../harness/authority.ts';
import { Inbox } from '../harness/inbox.ts';
import { type Message, split } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { everyTransport, ports } from './everywhere.ts';
import { it as base } from './fixture.ts';
import type { Phone } from './phone.ts';
import { reply, statusOf } from './reply.ts';
import { fresh, write } from './request.ts';
import { address } from './tiers.ts';

const describe = needs('namespace', 'openssl');

const [edge, peer] = [address(11), address(12)];
/** Of the peer, which listens to nothing there. */
const ownPort = 5_071;

interface Site {
  readonly authority: Authority;
  readonly alice: Phone;
  /** How many connections over TLS the edge has. */
  readonly connections: () => number | undefined;
}

const it = base.extend<{ site: Site }>({
  site: async ({ tiers: open }, use) => {
    const tiers = await open({ callsToOtherDomains: true });
    const authority = await Authority.create();
    const own = everyTransport(edge, await authority.issue([`IP:${edge}`]));
    const running = await tiers.edge('edge-1', edge, { ...own, sipTlsCa: authority.certificate });
    const connections = (): number | undefined => new Map(running.status.connections).get('tls');
    await use({ authority, alice: await tiers.phone(edge), connections });
  },
});

/** The end of a connection over TLS that a peer has. */
class End {
  readonly #socket: TLSSocket;
  readonly #inbox: Inbox<Message> = new Inbox('the peer', ({ start }) => start);

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    let pending = '';
    socket.on('error', () => undefined);
    socket.on('data', (octets) => {
      const { messages, rest } = split(pending + octets.toString('latin1'));
      pending = rest;
      for (const message of messages) this.#inbox.put(message);
    });
    onTestFinished(() => void socket.destroy());
  }

  /** Connects to the edge, with a certificate or none. */
  static async open(issued: IssuedFiles | undefined): Promise<End> {
    const socket = connect({
      ...{ host: edge, port: ports.tls, localAddress: peer, rejectUnauthorized: false },
      ...(issued && { cert: await readFile(issued.certificate), key: await readFile(issued.key) }),
    });
    await once(socket, 'secureConnect');
    return new End(socket);
  }

  async receive(start: string): Promise<Message> {
    return this.#inbox.take(start, (message) => message.start.startsWith(start));
  }

  send(message: Message): void {
    this.#socket.write(message.text, 'latin1');
  }

  /** Asks the edge for its options, with a parameter in Via; returns its answer. */
  async ask(parameter = ''): Promise<Message> {
    const own = `${peer}:${ownPort}`;
    this.send(
      write(`OPTIONS sip:${edge} SIP/2.0`, {
        Via: `SIP/2.0/TLS ${own};branch=z9hG4bK${fresh()}${parameter}`,
        From: `<sip:peer@${own}>;tag=${fresh()}`,
        To: `<sip:${edge}>`,
        'Call-ID': fresh(),
        CSeq: '1 OPTIONS',
        'Max-Forwards': '70',
      }),
    );
    return this.receive('SIP/2.0');
  }

  /** Is called, and is busy. */
  async refuse(): Promise<Message> {
    const invite = await this.receive('INVITE');
    this.send(reply(invite, '486 Busy Here', fresh()));
    await this.receive('ACK');
    return invite;
  }
}

async function callPeer(alice: Phone, port: number): Promise<Message> {
  return alice.final(await alice.invite(`sip:bob@${peer}:${port};transport=tls`));
}

describe('a connection that a peer has opened (RFC 5923)', () => {
  it('takes calls to it when it has said alias, and its certificate proves the name', async ({ site }) => {
    const { alice, authority, connections } = site;
    const end = await End.open(await authority.issue([`IP:${peer}`]));
    expect(statusOf(await end.ask(';alias'))).toBe(200);
    const [invite, refusal] = await Promise.all([end.refuse(), callPeer(alice, ownPort)]);
    expect(statusOf(refusal)).toBe(486);
    expect(invite.header('Via')).toMatch(`SIP/2.0/TLS ${edge}:${ports.tls};branch=`);
    expect(connections()).toBe(1);
  });

  it.for([
    ['has not said alias', '', [`IP:${peer}`]],
    ['proves another name', ';alias', ['DNS:peer.example']],
    ['shows no certificate', ';alias', undefined],
  ] as const)('takes none when it %s', async ([, parameter, names], { site: { alice, authority } }) => {
    const end = await End.open(names && (await authority.issue(names)));
    expect(statusOf(await end.ask(parameter))).toBe(200);
    // There is no other way to it.
    expect(statusOf(await callPeer(alice, ownPort))).toBe(480);
    expect(statusOf(await end.ask())).toBe(200);
  });
});

describe('a connection that the edge has opened (RFC 5923)', () => {
  it('says alias, takes the requests of its peer, and the next call to it', async ({ site }) => {
    const { alice, authority, connections } = site;
    const { certificate, key } = await authority.issue([`IP:${peer}`]);
    const server = createServer({ cert: await readFile(certificate), key: await readFile(key) });
    await once(server.listen(0, peer), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    const first = callPeer(alice, port);
    const end = new End((await accepted)[0]);
    expect((await end.refuse()).header('Via')).toMatch(/;alias$/);
    expect(statusOf(await first)).toBe(486);
    expect(statusOf(await end.ask())).toBe(200);
    const [, refusal] = await Promise.all([end.refuse(), callPeer(alice, port)]);
    expect(statusOf(refusal)).toBe(486);
    expect(connections()).toBe(1);
  });
});
