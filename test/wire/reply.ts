import type { Message } from '../harness/message.ts';
import { type Headers, write } from './request.ts';

const copied = ['Via', 'Record-Route', 'From', 'To', 'Call-ID', 'CSeq'];

/** A response to a request, `180 Ringing` or the like. To gets the tag unless it has one or this is a 100. */
export function reply(
  request: Message,
  status: string,
  tag: string,
  headers: Headers = {},
  body = '',
): Message {
  const lines = Object.fromEntries(copied.map((name) => [name, request.headers(name)]));
  const to = request.header('To');
  const isTagged = status.startsWith('100') || to.includes(';tag=');
  return write(`SIP/2.0 ${status}`, { ...lines, To: isTagged ? to : `${to};tag=${tag}`, ...headers }, body);
}

export function statusOf(response: Message): number {
  return Number(response.start.split(' ')[1]);
}
