import { createLog } from '@tandem/platform';
import { parseMessage, respond, SipRequest, SipResponse, TimerWheel } from '@tandem/sip';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Flow } from '../socket/flow.ts';
import type { Listener } from '../socket/listener.ts';
import { KeepAlive } from './keep-alive.ts';

const shared = '192.0.2.100';
const identity = { tenant: 'acme', user: '1001' };
const interval = 25;

let now: number;
let wheel: TimerWheel;
/** Questions, each with the port that it was sent to. */
let asked: { readonly request: SipRequest; readonly port: number }[];
let told: object[];
let isHere: boolean;
let random: number;
let keepAlive: KeepAlive;

beforeEach(() => {
  now = 1_800_000_000_000;
  wheel = new TimerWheel(now);
  [asked, told, isHere, random] = [[], [], true, 1];
  keepAlive = new KeepAlive({
    wheel,
    sockets: {
      flowTo: (_transport, _host, port, from) => flow(port, from?.host),
      has: (host) => isHere && host === shared,
    },
    location: {
      probed: async (aor, probe) => {
        const { flow: over, ...health } = probe;
        told.push({ aor, port: over.port, ...health });
      },
    },
    log: createLog({ level: 'silent', node: 'n', destination: 1 }),
    now: () => now,
    random: () => random,
  });
});

function listener(host: string | undefined): Listener {
  const own = { transport: 'udp', port: 5060, advertised: 'edge.example:5060' } as const;
  return host === undefined ? { ...own, host: '192.0.2.1' } : { ...own, host, floating: true };
}

function flow(port: number, localHost?: string): Flow {
  const common = { transport: 'udp', reliable: false, host: '198.51.100.7', connection: 0 } as const;
  const it: Flow = {
    ...common,
    port,
    listener: listener(localHost),
    repliesTo: () => it,
    send: (text) => void asked.push({ request: read(text, SipRequest), port }),
  };
  return it;
}

function read<T>(text: string, kind: new (...args: never[]) => T): T {
  const message = parseMessage(text);
  if (message instanceof kind) return message;
  throw message;
}

function register(
  port = 4_000,
  changes: { readonly localHost?: string; readonly seconds?: number } = {},
): void {
  const { localHost, seconds = 3_600 } = changes;
  const kept = { interval, untilMs: now + seconds * 1_000, contact: `sip:1001@10.0.0.${port % 250}:5060` };
  keepAlive.registered(flow(port, localHost), registered(kept), identity);
}

function registered(keepAliveOf: { interval: number; untilMs: number; contact: string } | undefined) {
  return { contacts: [], path: [], vouches: false, outbound: false, keepAlive: keepAliveOf };
}

/** Lets seconds pass. */
function pass(seconds: number): void {
  for (let tick = 0; tick < seconds * 2; tick++) {
    now += 500;
    wheel.advance(now);
  }
}

function answer({ request }: (typeof asked)[number], status = 200): boolean {
  return keepAlive.answered(read(respond(request, status, { toTag: 'x' }), SipResponse));
}

describe('a phone behind a NAT', () => {
  it('is asked over its flow, again and again', () => {
    register();
    pass(3 * interval);
    expect(asked).toHaveLength(3);
    const [{ request, port }] = asked as [(typeof asked)[number]];
    expect([request.method, request.uri, port]).toEqual(['OPTIONS', 'sip:1001@10.0.0.0:5060', 4_000]);
    expect(request.via).toMatchObject({ host: 'edge.example', port: 5060 });
    expect(new Set(asked.map((one) => one.request.callId)).size).toBe(3);
  });

  it('is there, whatever it answers, which is told once with how long that took', async () => {
    register();
    for (const status of [404, 200, 501]) {
      pass(interval);
      now += 30;
      expect(answer(asked.at(-1)!, status)).toBe(true);
    }
    expect(told).toEqual([{ aor: 'acme/1001', port: 4_000, latency: 30 }]);
    expect(keepAlive.counts).toEqual({ kept: 1, silent: 0 });
  });

  it('is unreachable when it has missed three questions, and there again when it answers', () => {
    register();
    pass(3 * interval);
    expect(told).toEqual([]);
    pass(interval);
    expect(told).toEqual([{ aor: 'acme/1001', port: 4_000, unreachableSince: now }]);
    expect(keepAlive.counts).toEqual({ kept: 1, silent: 1 });
    pass(2 * interval);
    expect(told).toHaveLength(1);
    answer(asked.at(-1)!);
    expect(told.at(-1)).toHaveProperty('latency');
    expect(keepAlive.counts.silent).toBe(0);
  });

  it('is left alone while it sends keep-alives itself', () => {
    register();
    for (let turn = 0; turn < 10; turn++) {
      keepAlive.heard(flow(4_000));
      pass(15);
    }
    expect(asked).toEqual([]);
    pass(2 * interval);
    expect(asked).not.toEqual([]);
  });

  it('is asked no more when its registration is over, or is removed', () => {
    register(4_000, { seconds: 2 * interval });
    register(4_001);
    pass(interval);
    expect(asked).toHaveLength(2);
    keepAlive.registered(flow(4_001), registered(undefined), identity);
    pass(4 * interval);
    expect(asked.filter(({ port }) => port === 4_001)).toHaveLength(1);
    expect(keepAlive.counts).toEqual({ kept: 0, silent: 0 });
  });

  it('goes with the address that it knows', () => {
    register(4_000, { localHost: shared });
    pass(interval);
    expect(asked).toHaveLength(1);
    isHere = false;
    pass(2 * interval);
    expect(asked).toHaveLength(1);
    expect(keepAlive.counts.kept).toBe(0);
  });
});

it('spreads what came at once over the interval', () => {
  for (let port = 1; port <= 100; port++) {
    random = port / 100;
    register(port);
  }
  const counts = Array.from({ length: interval * 2 }, () => {
    const before = asked.length;
    pass(0.5);
    return asked.length - before;
  });
  expect(asked).toHaveLength(100);
  expect(Math.max(...counts)).toBeLessThanOrEqual(2);
});

it('takes no answer for one that nobody has asked for', () => {
  register();
  pass(interval);
  const forged = read(asked[0]!.request.text.replace(/(z9hG4bKping).{4}/, '$10000'), SipRequest);
  keepAlive.answered(read(respond(forged, 200, {}), SipResponse));
  expect(told).toEqual([]);
  const foreign = read(asked[0]!.request.text.replace('z9hG4bKping', 'z9hG4bKpong'), SipRequest);
  expect(keepAlive.answered(read(respond(foreign, 200, {}), SipResponse))).toBe(false);
});
