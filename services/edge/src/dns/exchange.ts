import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { Fault, type Question } from '@tandem/sip';
import { resolverRefused } from '../faults.ts';
import { type Reply, readReply, writeQuery } from './message.ts';

/** A resolver: an IP literal without brackets, and a port. */
export interface Server {
  readonly host: string;
  readonly port: number;
}

/**
 * Asks one resolver, over UDP from a port of its own, and over TCP when the answer is too long for that. Rejects when it
 * cannot be reached, refuses, or is aborted; it has no deadline of its own.
 */
export async function exchange(server: Server, question: Question, signal: AbortSignal): Promise<Reply> {
  const id = randomInt(0x1_0000);
  const query = writeQuery(id, question);
  const read = (octets: Buffer): ReturnType<typeof readReply> => readReply(octets, id, question);
  const reply = await overUdp(server, query, read, signal);
  return reply === 'truncated' ? overTcp(server, query, read, signal) : reply;
}

type Read = (octets: Buffer) => Reply | 'truncated' | undefined;

/** The socket is connected, so that only the resolver is heard, and its refusal is as well. */
function overUdp(
  { host, port }: Server,
  query: Buffer,
  read: Read,
  signal: AbortSignal,
): Promise<Reply | 'truncated'> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply | 'truncated'>();
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', signal });
  socket.on('error', reject);
  socket.on('close', () => reject(new Fault(resolverRefused, 'given up')));
  socket.on('message', (octets) => settle(() => read(octets), resolve, reject));
  socket.connect(port, host, (error?: Error) => (error ? reject(error) : socket.send(query)));
  return promise.finally(() => void (signal.aborted || socket.close()));
}

/** RFC 1035 §4.2.2: two octets say how long the message is. */
function overTcp({ host, port }: Server, query: Buffer, read: Read, signal: AbortSignal): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const socket = connect({ host, port, signal });
  let received: Buffer = Buffer.alloc(0);
  socket.on('error', reject);
  socket.on('close', () => reject(new Fault(resolverRefused, 'the connection was closed')));
  socket.on('data', (octets) => {
    received = Buffer.concat([received, octets]);
    if (received.length < 2 || received.length < 2 + received.readUInt16BE()) return;
    settle(
      () => {
        const reply = read(received.subarray(2, 2 + received.readUInt16BE()));
        if (reply === 'truncated' || !reply) throw new Fault(resolverRefused, 'its answer cannot be read');
        return reply;
      },
      resolve,
      reject,
    );
  });
  socket.write(Buffer.concat([Buffer.from([query.length >> 8, query.length & 0xff]), query]));
  return promise.finally(() => socket.destroy());
}

function settle<T>(
  read: () => T | undefined,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): void {
  try {
    const value = read();
    if (value !== undefined) resolve(value);
  } catch (error) {
    reject(error);
  }
}
