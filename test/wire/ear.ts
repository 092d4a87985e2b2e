import { randomBytes } from 'node:crypto';
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
  /** The next packet. */
  readonly packet: () => Promise<Buffer>;
  /** Sends a packet to where a description wants it, and returns it. */
  readonly speak: (to: Message) => Buffer;
}

export async function ear(): Promise<Ear> {
  const socket = createSocket('udp4').unref();
  socket.bind(0, address(1));
  await once(socket, 'listening');
  const { port } = socket.address();
  const body = offer.replace('4000', String(port)).replaceAll('127.0.0.1', address(1));
  let sequence = 0;
  const speak = ({ body: told }: Message): Buffer => {
    // Any octets do for sound.
    const packet = randomBytes(172);
    packet.writeUInt16BE(0x8000, 0);
    packet.writeUInt16BE(++sequence, 2);
    packet.writeUInt32BE(port, 8);
    const [, to] = /^m=audio (\d+) /m.exec(told) ?? [];
    const [, host] = /^c=IN IP4 (\S+)/m.exec(told) ?? [];
    socket.send(packet, Number(to), host);
    return packet;
  };
  const heard = async () => (await once(socket, 'message')) as [Buffer, RemoteInfo];
  const hear = async (): Promise<string> => (await heard())[1].address;
  const packet = async (): Promise<Buffer> => (await heard())[0];
  return { body, hear, packet, speak };
}
