import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { HostPort } from '@tandem/platform';

/** The address of this machine from which packets to another leave. Nothing is sent. */
export async function ownAddress({ host, port }: HostPort): Promise<string> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    const connected = once(socket, 'connect');
    socket.connect(port, host);
    await connected;
    return socket.address().address;
  } finally {
    socket.close();
  }
}
