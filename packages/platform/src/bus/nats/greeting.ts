import { once } from 'node:events';
import { connect } from 'node:net';
import type { Server } from './server.ts';

/**
 * Resolves when the server has said something. One that is stuck accepts connections and is silent, and the client
 * would keep such a connection open with each attempt.
 */
export async function greeting({ host, port }: Server, ms: number, stopped: AbortSignal): Promise<void> {
  const socket = connect({ host, port });
  const overdue = new AbortController();
  const timer = setTimeout(() => overdue.abort(new Error(`said nothing within ${ms} ms`)), ms);
  const signal = AbortSignal.any([overdue.signal, stopped]);
  try {
    await once(socket, 'data', { signal });
  } catch (error) {
    throw overdue.signal.aborted ? overdue.signal.reason : error;
  } finally {
    clearTimeout(timer);
    // What still goes wrong with it is of no interest.
    socket.on('error', () => undefined).destroy();
  }
}
