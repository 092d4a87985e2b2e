import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import type { Message } from '../harness/message.ts';
import { offer } from './phone.ts';
import { address } from './tiers.ts';

/** Where a phone hears and speaks. */
interface Ear {
  /** What it says of itself. */
  readonly body: string;
  /** The address that the next packet comes from. */
  readonly hear: () => Promise<string>;
  /** Sends a packet to where a description wants it. */
  readonly speak: (to: Message) => void;
}

export async function ear(): Promise<Ear> {
  const socket = createSocket('udp4').unref();
  socket.bind(0, address(1));
  await once(socket, 'listening');
  const { port } = socket.address();
  const body = offer.replace('4000', String(port)).replaceAll('127.0.0.1', address(1));
  let sequence = 0;
  const speak = ({ body: told }: Message): void => {
    const packet = Buffer.alloc(172);
    packet[0] = 0x80;
    packet.writeUInt16BE(++sequence, 2);
    packet.writeUInt32BE(port, 8);
    const [, to] = /^m=audio (\d+) /m.exec(told) ?? [];
    const [, host] = /^c=IN IP4 (\S+)/m.exec(told) ?? [];
    socket.send(packet, Number(to), host);
  };
  const hear = async (): Promise<string> => {
    const [, { address: from }] = (await once(socket, 'message')) as [Buffer, RemoteInfo];
    return from;
  };
  return { body, hear, speak };
}
