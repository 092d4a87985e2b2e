import type { TLSSocket } from 'node:tls';
import { Inbox } from '../harness/inbox.ts';
import { type Message, split } from '../harness/message.ts';

/** What comes over a connection, message by message. */
export function tlsMessages(socket: TLSSocket): Inbox<Message> {
  const inbox = new Inbox<Message>('peer over TLS', ({ start }) => start);
  let pending = '';
  socket.on('data', (octets) => {
    const { messages, rest } = split(pending + octets.toString('latin1'));
    pending = rest;
    for (const each of messages) inbox.put(each);
  });
  return inbox;
}
