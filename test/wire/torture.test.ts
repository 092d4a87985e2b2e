import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'vitest';
import { Inbox } from '../harness/inbox.ts';
import { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { type TortureMessage, tortureMessages } from '../torture/messages.ts';
import { it as base } from './fixture.ts';
import { statusOf } from './reply.ts';

const describe = needs('namespace');

/** The ports that the messages name in Via, where an answer to them goes. */
const ports = [5060, 5050];
/** A Via that cannot be read does not say where to. */
const unanswerable = new Set(['badinv01']);

interface Sender {
  readonly send: (octets: Buffer) => void;
  readonly inbox: Inbox<Message>;
}

const it = base.extend<{ sender: Sender }>({
  sender: async ({ live: { network, tandem } }, use) => {
    const inbox = new Inbox<Message>('the sender', ({ start }) => start);
    const sockets = await Promise.all(ports.map((port) => listen(network.gateway, port, inbox)));
    await use({ inbox, send: (octets) => sockets[0]!.send(octets, 5060, tandem.host.address) });
    for (const socket of sockets) socket.close();
  },
});

async function listen(address: string, port: number, inbox: Inbox<Message>): Promise<Socket> {
  const socket = createSocket('udp4').bind(port, address);
  await once(socket, 'listening');
  return socket.on('message', (octets) => inbox.put(new Message(octets.toString('latin1'))));
}

/** The status that the parser decides; nothing when a later layer does. */
function refusal({ expectation, name, text }: TortureMessage): number | undefined {
  if (typeof expectation === 'string' || !('refused' in expectation)) return undefined;
  const isAnswered = !text.startsWith('SIP/2.0 ') && !unanswerable.has(name);
  return isAnswered ? expectation.refused.status : 0;
}

const outcome = (expected: number | undefined): string => {
  if (expected === undefined) return 'harms nothing';
  return expected === 0 ? 'meets silence' : `meets ${expected}`;
};
const rows = tortureMessages.map((message) => [message.name, outcome(refusal(message)), message] as const);

describe('a message of RFC 4475', () => {
  it.for(rows)('over UDP, %s: %s, and the edge goes on', async ([, , message], { phone, sender }) => {
    const expected = refusal(message);
    sender.send(Buffer.from(message.text, 'latin1'));
    if (expected) expect(statusOf(await sender.inbox.take('an answer', () => true))).toBe(expected);
    const { wire } = await phone();
    await wire.silent();
    if (expected !== undefined) expect(sender.inbox.drain()).toEqual([]);
  });

  it('over UDP with a Via that some take for one with a space before it is dropped', async ({
    phone,
    sender,
  }) => {
    for (const { text } of tortureMessages) {
      const odd = text.replace(/^(v(?:ia)?\s*:\s*)(?=SIP)/im, '$1\xa0');
      sender.send(Buffer.from(odd, 'latin1'));
      sender.send(Buffer.from(odd.replace('\xa0S', '\xa0'), 'latin1'));
    }
    const { wire } = await phone();
    await wire.silent();
  });

  it.for(rows)('over TCP, %s harms nothing', async ([, , { text }], { live, phone }) => {
    const socket = connect(5060, live.tandem.host.address);
    await once(socket, 'connect');
    socket.write(text, 'latin1');
    const { wire } = await phone('tcp');
    await wire.silent();
    socket.destroy();
  });

  it('is nothing that the edge calls an error of its own', async ({ live: { tandem } }) => {
    expect(tandem.logs().filter(({ level }) => level === 'error')).toEqual([]);
  });
});
