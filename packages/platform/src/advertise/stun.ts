import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { Fault, readMappedAddress, transactionOctets, writeBindingRequest } from '@tandem/sip';
import { addressNotFound } from '../faults.ts';
import { formatHostPort, type HostPort } from '../settings/address.ts';
import type { Family } from './family.ts';

/** Milliseconds after which the question is sent again (RFC 5389 §7.2.1). */
const repeat = 500;
/** Milliseconds after which it is given up. */
const deadline = 3_000;

/** What a STUN server sees of this machine. Rejects with `address-not-found`. */
export async function stunAddress(server: HostPort, family: Family): Promise<string> {
  const name = `stun:${formatHostPort(server)}`;
  try {
    const { address } = await lookup(server.host, { family });
    return await mappedAddress({ host: address, port: server.port }, family);
  } catch (error) {
    throw new Fault(addressNotFound, `${name}: ${(error as Error).message}`, { cause: error });
  }
}

/** Only the server itself can answer: its socket is connected, and the transaction id is not to be guessed. */
async function mappedAddress({ host, port }: HostPort, family: Family): Promise<string> {
  const request = writeBindingRequest(randomBytes(transactionOctets));
  const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
  const answered = Promise.withResolvers<string>();
  socket.on('error', answered.reject);
  socket.on('message', (message) => {
    const mapped = readMappedAddress(message, request);
    if (mapped) answered.resolve(mapped.host);
  });
  const send = (): void => socket.send(request);
  socket.connect(port, host, send);
  const repeating = setInterval(send, repeat);
  const given = setTimeout(
    () => answered.reject(new Error(`no answer within ${deadline / 1_000} s`)),
    deadline,
  );
  try {
    return await answered.promise;
  } finally {
    clearInterval(repeating);
    clearTimeout(given);
    socket.close();
  }
}
