import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { formatHostPort, type HostPort, type TraceBatch } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { systemUnreachable } from '../faults.ts';

/**
 * What is seen of calls from now on, of one user or of all; `begun` is called when nothing is missed any more. Rejects
 * with a Fault when the running system is gone.
 */
export async function* follow(
  address: HostPort,
  user: string | undefined,
  begun: () => void,
): AsyncGenerator<TraceBatch> {
  const query = user === undefined ? '' : `?${new URLSearchParams({ user }).toString()}`;
  const url = `http://${formatHostPort(address)}/v1/trace/follow${query}`;
  try {
    const response = await fetch(url);
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    begun();
    const lines = createInterface({ input: Readable.fromWeb(response.body as ReadableStream) });
    for await (const line of lines) yield JSON.parse(line) as TraceBatch;
    throw new Error('the connection has ended');
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
    throw new Fault(systemUnreachable, `${url}: ${cause.message}`, { cause: error });
  }
}
