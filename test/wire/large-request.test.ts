import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { Message, split } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { it } from './fixture.ts';
import { offer, type Phone } from './phone.ts';
import { reply } from './reply.ts';
import { fresh } from './request.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

const [edge, peer] = [address(11), address(12)];

/** A domain where everybody is busy, over UDP and perhaps TCP; what it was told, by how. */
class Busy {
  readonly told: { readonly over: string; readonly request: Message }[] = [];
  uri = '';

  static async open(hasStream: boolean): Promise<Busy> {
    const busy = new Busy();
    const datagrams = createSocket('udp4');
    await once(datagrams.bind(0, peer), 'listening');
    const { port } = datagrams.address();
    datagrams.on('message', (octets, { address: host, port: from }) => {
      const request = new Message(octets.toString('latin1'));
      const answer = busy.#answer('UDP', request);
      if (answer) datagrams.send(Buffer.from(answer.text, 'latin1'), from, host);
    });
    onTestFinished(() => void datagrams.close());
    if (hasStream) await busy.#listen(port);
    busy.uri = `sip:bob@${peer}:${port}`;
    return busy;
  }

  async #listen(port: number): Promise<void> {
    const server = createServer((socket) => {
      let pending = '';
      socket
        .on('error', () => undefined)
        .on('data', (octets) => {
          const { messages, rest } = split(pending + octets.toString('latin1'));
          pending = rest;
          for (const request of messages) {
            const answer = this.#answer('TCP', request);
            if (answer) socket.write(answer.text, 'latin1');
          }
        });
      onTestFinished(() => void socket.destroy());
    });
    await once(server.listen(port, peer), 'listening');
    expect((server.address() as AddressInfo).port).toBe(port);
    onTestFinished(() => void server.close());
  }

  #answer(over: string, request: Message): Message | undefined {
    if (!request.start.startsWith('INVITE')) return undefined;
    this.told.push({ over, request });
    return reply(request, '486 Busy Here', fresh(), {});
  }
}

/** Calls with a description of so many octets, until it is refused. */
async function call(alice: Phone, uri: string, octets: number): Promise<string> {
  const line = `a=x:${'y'.repeat(994)}\r\n`;
  const body = offer + line.repeat(Math.ceil(octets / line.length));
  return (await alice.final(await alice.invite(uri, {}, body))).start;
}

describe('a request to another domain', () => {
  it.for([
    ['goes over UDP when a datagram holds it', 0, true, 'UDP'],
    ['goes over TCP when it is too large for a datagram', 20_000, true, 'TCP'],
    ['goes over UDP all the same when TCP is refused', 20_000, false, 'UDP'],
  ] as const)('%s', async ([, octets, hasStream, over], { tiers: open }) => {
    const tiers = await open({ callsToOtherDomains: true });
    await tiers.edge('edge-1', edge);
    const busy = await Busy.open(hasStream);
    const alice = await tiers.phone(edge, 'tcp');
    expect(await call(alice, busy.uri, octets)).toBe('SIP/2.0 486 Busy Here');
    const [told] = busy.told;
    expect(told?.over).toBe(over);
    expect(told?.request.header('Via')).toMatch(`SIP/2.0/${over} ${edge}:5060;`);
    expect(told?.request.text.length).toBeGreaterThan(octets);
  });
});
