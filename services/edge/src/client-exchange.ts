import { randomBytes } from 'node:crypto';
import type { Fault, SipResponse } from '@tandem/sip';
import type { NextHops } from './next-hops.ts';
import { viaValue } from './own-via.ts';
import type { ClientUser, EdgeParts } from './parts.ts';
import { targetPatience } from './patience.ts';
import type { Flow } from './socket/flow.ts';

/** A request of the edge's own, whoever it is to. */
export interface ClientExchange {
  readonly method: string;
  /** Milliseconds that a peer may take in all which has given a sign, and one that has not where there is no other. */
  readonly patience: number;
  readonly silence?: number;
  /** The request as it leaves by a flow. */
  readonly write: (flow: Flow, via: string) => string;
  /** Hears of each 2xx. */
  readonly succeeded?: (flow: Flow) => void;
}

/** What has come of it: a final response, or a status in its place (RFC 3261 §8.1.3.1). */
export interface ExchangeResult {
  readonly status: number;
  readonly response?: SipResponse;
  /** Where it was sent to last; undefined when it could not be sent at all. */
  readonly flow?: Flow;
  /** Why nobody took it. */
  readonly fault?: Fault | undefined;
}

type ExchangeParts = Pick<EdgeParts, 'layer' | 'now'>;

/** To one place after the other, until one takes it (RFC 3263 §4.3). Does not reject. */
export async function exchangeAlong(
  parts: ExchangeParts,
  hops: NextHops,
  exchange: ClientExchange,
): Promise<ExchangeResult> {
  let last: ExchangeResult = { status: 503 };
  for (let flow = hops.next(); flow; flow = hops.next()) {
    last = await exchangeOver(parts, flow, exchange, hops.hasMore ? targetPatience : exchange.silence);
    const isDead = last.status === 503 || (last.status === 408 && !last.response);
    if (!isDead) {
      hops.answered();
      return last;
    }
    hops.failed(last.response ? 'has answered 503' : (flow.failure?.detail ?? 'has not answered'));
  }
  return { ...last, fault: hops.fault() };
}

/** `silence` is how many milliseconds a peer may take to give a sign, where that is limited. */
async function exchangeOver(
  { layer, now }: ExchangeParts,
  flow: Flow,
  { method, patience, succeeded, write }: ClientExchange,
  silence: number | undefined,
): Promise<ExchangeResult> {
  const { promise, resolve } = Promise.withResolvers<ExchangeResult>();
  const giveUp = (status: number): void => {
    if (method === 'INVITE') layer.cancel(tx!, now());
    else layer.discard(tx!, now());
    resolve({ status, flow });
  };
  const user: ClientUser = {
    response: (response) => {
      const { status } = response;
      clearTimeout(quiet);
      if (status < 200) return;
      if (status < 300) succeeded?.(flow);
      resolve({ status, response, flow });
    },
    failed: (cause) => resolve({ status: cause === 'timeout' ? 408 : 503, flow }),
  };
  const tx = layer.prepare(method, flow, user, randomText(), now());
  if (!tx) return { status: 503 };
  layer.request(tx, write(flow, viaValue(flow, tx.branch)), now());
  const quiet = silence === undefined ? undefined : setTimeout(() => giveUp(408), silence).unref();
  const timer = setTimeout(() => giveUp(480), patience).unref();
  const result = await promise;
  clearTimeout(quiet);
  clearTimeout(timer);
  return result;
}

/** Nobody can guess it. */
export function randomText(): string {
  return randomBytes(8).toString('base64url');
}
