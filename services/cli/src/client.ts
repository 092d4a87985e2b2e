import { formatHostPort, type HostPort } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { systemUnreachable } from './faults.ts';
import type { Page } from './listings.ts';

/** Milliseconds that a running system may take for an answer, unless it is known to take longer. */
const usual = 5_000;

/** Reads all pages of a listing from the running system. Rejects with a Fault when there is none. */
export async function readListing<Row>(address: HostPort, path: `/v1/${string}`): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<Row> = await askSystem<Page<Row>>(address, path, cursor === undefined ? {} : { cursor });
    rows.push(...page.rows);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return rows;
}

/** Asks the running system. Rejects with a Fault when there is none. */
export function askSystem<Answer>(
  address: HostPort,
  path: `/v1/${string}`,
  query: Readonly<Record<string, string>>,
): Promise<Answer> {
  return send(address, path, query, {});
}

/** Tells the running system to do something. Rejects with a Fault when there is none. */
export function tellSystem<Answer>(
  address: HostPort,
  path: `/v1/${string}`,
  query: Readonly<Record<string, string>>,
  timeout: number = usual,
): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return send(address, path, query, { method: 'POST', headers }, timeout);
}

async function send<Answer>(
  address: HostPort,
  path: `/v1/${string}`,
  query: Readonly<Record<string, string>>,
  options: RequestInit,
  timeout: number = usual,
): Promise<Answer> {
  const url = `http://${formatHostPort(address)}${path}?${new URLSearchParams(query).toString()}`;
  try {
    const response = await fetch(url, { ...options, signal: AbortSignal.timeout(timeout) });
    if (response.ok) return (await response.json()) as Answer;
    if (response.status === 404) throw new Fault(systemUnreachable, `${url}: this node does not answer that`);
    throw new Fault(systemUnreachable, `${url}: HTTP ${response.status}`);
  } catch (error) {
    if (error instanceof Fault) throw error;
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Fault(systemUnreachable, `${url}: ${cause}`, { cause: error });
  }
}
