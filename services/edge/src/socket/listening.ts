import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Listener } from './listener.ts';

/**
 * Begins to listen for connections; the listener has the port then that the system chose. Rejects with its error.
 * `refused` is called when the system has no means left to accept one, which is no reason to end.
 */
export async function listen(
  listener: Listener,
  refused: () => void,
): Promise<{ readonly server: Server; readonly bound: Listener }> {
  const { host, port } = listener;
  const server = createServer({ noDelay: true }).listen({ host, port });
  await once(server, 'listening');
  server.on('error', refused);
  return { server, bound: { ...listener, port: (server.address() as AddressInfo).port } };
}
