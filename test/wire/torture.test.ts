import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'vitest';
import { Inbox } from '../harness/inbox.ts';
import { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { answerTo } from '../torture/answers.ts';
import { tortureMessages } from '../torture/messages.ts';
import { ipv6Messages } from '../torture/rfc5118.ts';
import { acknowledged } from './acknowledged.ts';
import { it as base } from './fixture.ts';
import { statusOf } from './reply.ts';

const describe = needs('namespace');

/** The ports that the messages name in Via, where an answer to them goes. */
const ports = [5060, 5050, 6050, 19_823];

interface Sender {
  readonly send: (text: string) => void;
  readonly inbox: Inbox<Message>;
}

const it = base.extend<{ sender: Sender }>({
  sender: async ({ live: { network, tandem } }, use) => {
    const inbox = new Inbox<Message>('the sender', ({ start }) => start);
    const sockets = await Promise.all(ports.map((port) => listen(network.gateway, port, inbox)));
    await use({
      inbox,
      send: (text) => sockets[0]!.send(Buffer.from(text, 'latin1'), 5060, tandem.host.address),
    });
    for (const socket of sockets) socket.close();
  },
});

async function listen(address: string, port: number, inbox: Inbox<Message>): Promise<Socket> {
  const socket = createSocket('udp4').bind(port, address);
  await once(socket, 'listening');
  return socket.on('message', (octets) => inbox.put(new Message(octets.toString('latin1'))));
}

const messages = [...tortureMessages, ...ipv6Messages];
const rows = messages.map(
  (message) => [message.rfc, message.name, answerTo(message) || 'silence', message] as const,
);

describe('a message of torture over UDP', () => {
  it.for(rows)('RFC %d, %s: meets %s', async ([, , , message], { phone, sender }) => {
    const expected = answerTo(message);
    sender.send(message.text);
    if (expected > 0) {
      const answer = await sender.inbox.take('an answer', () => true);
      expect(statusOf(answer)).toBe(expected);
      if (message.text.startsWith('INVITE ')) sender.send(acknowledged(message.text, answer));
    }
    const { wire } = await phone();
    await wire.silent();
    expect(sender.inbox.drain()).toEqual([]);
  });

  it('harms nothing with a Via that some take for one with a space before it', async ({ phone, sender }) => {
    for (const { text } of messages) {
      const odd = text.replace(/^(v(?:ia)?\s*:\s*)(?=SIP)/im, '$1\xa0');
      sender.send(odd);
      sender.send(odd.replace('\xa0S', '\xa0'));
    }
    const { wire } = await phone();
    await wire.silent();
  });

  it('is nothing that the edge calls an error of its own', async ({ live: { tandem } }) => {
    expect(tandem.logs().filter(({ level }) => level === 'error')).toEqual([]);
  });
});
