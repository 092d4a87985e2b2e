import type { router } from '@tandem/contract';
import { createLog } from '@tandem/platform';
import { parseAddressBlock, parseMessage, SipRequest } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { createCounters } from '../counters.ts';
import type { Flow } from '../socket/flow.ts';
import { type Admittance, Guard } from './guard.ts';
import { knownScanners } from './scanners.ts';

const begin = 1_800_000_000_000;
const office = '192.0.2.4';

interface Wanted {
  readonly method?: string;
  readonly uri?: string;
  readonly from?: string;
  readonly toTag?: string;
  readonly headers?: readonly string[];
}

function request(wanted: Wanted = {}): SipRequest {
  const { method = 'REGISTER', uri = 'sip:acme.example', from = '1001', toTag, headers = [] } = wanted;
  const lines = [
    `${method} ${uri} SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1',
    `From: <sip:${from}@acme.example>;tag=a`,
    `To: <sip:${from}@acme.example>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    'Call-ID: c1',
    `CSeq: 1 ${method}`,
    ...headers,
    '',
    '',
  ];
  const message = parseMessage(lines.join('\r\n'));
  if (!(message instanceof SipRequest)) throw new Error('no request');
  return message;
}

function proof(username: string): string {
  return `Authorization: Digest username="${username}", realm="acme.example"`;
}

function flow(host: string, reliable = false): Flow {
  return { host, reliable, port: 5060 } as Flow;
}

function challenged(fault: string): router.Verdict {
  const value = { status: 401, challenges: [], fault };
  return { id: 0, decision: { $case: 'challenge', value }, explanation: [], configuration: '' };
}

const registered: router.Verdict = {
  id: 0,
  decision: { $case: 'registered', value: { contacts: [], path: [], vouches: false, outbound: false } },
  identity: { tenant: 'acme', user: '1001' },
  explanation: [],
  configuration: '',
};

function open(
  settings: {
    readonly sipTrusted?: string;
    readonly sipSourceRate?: number;
    readonly sipBanFor?: number;
  } = {},
) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    level: 'info',
    node: 'edge-1',
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const clock = { now: begin };
  const counters = createCounters();
  const trusted = settings.sipTrusted ? [parseAddressBlock(settings.sipTrusted)!] : [];
  const guard = new Guard({
    settings: {
      nodeId: 'edge-1',
      sipSourceRate: settings.sipSourceRate ?? 200,
      sipBanFor: settings.sipBanFor ?? 3_600,
      sipTrusted: trusted,
      sipScanners: knownScanners,
      sipEmergency: ['112'],
    },
    counters,
    log,
    now: () => clock.now,
    edges: () => edges,
    tell: () => {},
  });
  return { guard, counters, clock, lines };
}

const edges: ReadonlySet<string> = new Set(['198.51.100.7:5060', '[2001:db8::7]:5060']);

function weighed(guard: Guard, times: number, what: Wanted = {}, from = flow(office)): Admittance[] {
  return Array.from({ length: times }, () => guard.weigh(request(what), from));
}

describe('a source over its rate', () => {
  const what = { method: 'OPTIONS' };

  it('is answered 503 for each request, until there is room again', () => {
    const { clock, counters, guard, lines } = open({ sipSourceRate: 10 });
    expect(weighed(guard, 110, what).filter((each) => each === 'refused')).toHaveLength(10);
    clock.now += 1_000;
    expect(weighed(guard, 12, what).filter((each) => each === 'taken')).toHaveLength(10);
    expect(counters.limited).toBe(12);
    expect(lines).toEqual([expect.objectContaining({ source: office, rate: 10 })]);
  });

  it('is not even read when it sends ten times that', () => {
    const { counters, guard } = open({ sipSourceRate: 10 });
    const taken = Array.from({ length: 1_200 }, () => guard.takes(flow(office))).filter(Boolean);
    expect([taken.length, counters.flooded]).toEqual([1_000, 200]);
  });

  it('takes nothing from others, unless they are of the same place and many', () => {
    const { guard } = open({ sipSourceRate: 10 });
    weighed(guard, 200, what);
    expect(weighed(guard, 1, what, flow('192.0.2.5'))).toEqual(['taken']);
    expect(weighed(guard, 1, what, flow('198.51.100.1'))).toEqual(['taken']);
    for (let host = 10; host < 30; host++) weighed(guard, 100, what, flow(`192.0.2.${host}`));
    expect(weighed(guard, 1, what, flow('192.0.2.99'))).toEqual(['refused']);
  });

  it('may go on with its dialogs, and call for help', () => {
    const { guard } = open({ sipSourceRate: 1 });
    weighed(guard, 100, what);
    expect(weighed(guard, 20, { method: 'BYE', toTag: 'b' })).not.toContain('refused');
    expect(weighed(guard, 20, { method: 'ACK' })).not.toContain('refused');
    expect(weighed(guard, 20, { method: 'INVITE', uri: 'sip:112@acme.example' })).not.toContain('refused');
    expect(weighed(guard, 1, { method: 'INVITE', uri: 'sip:1120@acme.example' })).toEqual(['refused']);
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', '203.0.113.9', '198.51.100.7', '2001:db8::7'])(
    'is never %s, which is trusted',
    (host) => {
      const { guard } = open({ sipSourceRate: 1, sipTrusted: '203.0.113.0/24' });
      expect(new Set(weighed(guard, 100, what, flow(host)))).toEqual(new Set(['taken']));
      const scan = { headers: ['User-Agent: friendly-scanner'] };
      expect(weighed(guard, 1, scan, flow(host))).toEqual(['taken']);
      expect([guard.takes(flow(host)), guard.isBanned(host)]).toEqual([true, false]);
    },
  );
});

describe('a scanner', () => {
  it('is dropped without a word and banned by its name', () => {
    const { counters, guard, lines } = open();
    expect(weighed(guard, 1, { headers: ['User-Agent: friendly-scanner'] })).toEqual(['dropped']);
    expect([guard.isBanned(office), guard.isBanned('192.0.2.5')]).toEqual([true, false]);
    expect([counters.scanners, counters.banned]).toEqual([1, 1]);
    expect(lines).toEqual([
      expect.objectContaining({ source: office, policy: 'scanner', count: 1, detail: 'friendly-scanner' }),
    ]);
  });

  it('among users is dropped, and does not have all of them banned at once', () => {
    const { guard } = open();
    const scan = { headers: ['User-Agent: sipvicious'] };
    guard.judged(request(), flow(office), registered);
    expect(weighed(guard, 5, scan)).toEqual(Array(5).fill('dropped'));
    expect(guard.isBanned(office)).toBe(false);
    weighed(guard, 10, scan);
    expect(guard.isBanned(office)).toBe(true);
  });

  it('that changed its name is banned when it tries users', () => {
    const { guard, lines } = open();
    for (let user = 0; user < 40 && !guard.isBanned(office); user++) {
      const asked = request({ from: String(user), headers: [proof(String(user))] });
      guard.judged(asked, flow(office), challenged(user % 2 ? 'account-unknown' : 'wrong-password'));
    }
    expect(guard.isBanned(office)).toBe(true);
    expect(lines).toEqual([expect.objectContaining({ policy: 'credentials', source: office })]);
  });

  it('that answers no challenge is not heard after ten, and then banned', () => {
    const { counters, guard, lines } = open();
    const fates: Admittance[] = [];
    for (let user = 0; user < 300 && !guard.isBanned(office); user++) {
      const asked = request({ from: String(user) });
      const fate = guard.weigh(asked, flow(office));
      fates.push(fate);
      if (fate === 'taken') guard.judged(asked, flow(office), challenged('credentials-missing'));
    }
    expect(fates.filter((fate) => fate === 'taken')).toHaveLength(10);
    expect(counters.strangers).toBe(fates.length - 10);
    expect(lines).toEqual([expect.objectContaining({ policy: 'strangers', source: office, count: 100 })]);
  });

  it('over a connection is told to come back later', () => {
    const { guard } = open();
    for (let turn = 0; turn < 10; turn++)
      guard.judged(request(), flow(office), challenged('credentials-missing'));
    expect(guard.weigh(request(), flow(office, true))).toBe('refused');
  });

  it('is not banned where nobody shall be', () => {
    const { guard } = open({ sipBanFor: 0 });
    expect(weighed(guard, 1, { headers: ['User-Agent: friendly-scanner'] })).toEqual(['dropped']);
    expect(guard.isBanned(office)).toBe(false);
  });
});

describe('an office behind one address', () => {
  it('of 250 phones that register at once is served', () => {
    const { guard } = open();
    const fates: Admittance[] = [];
    for (let phone = 0; phone < 250; phone++) {
      const asked = request({ from: String(phone) });
      fates.push(guard.weigh(asked, flow(office)));
      guard.judged(asked, flow(office), challenged('credentials-missing'));
      const proven = request({ from: String(phone), headers: [proof(String(phone))] });
      fates.push(guard.weigh(proven, flow(office)));
      guard.judged(proven, flow(office), registered);
    }
    expect(new Set(fates)).toEqual(new Set(['taken']));
  });

  it('with one phone that has a wrong password is not banned, and the phone is told so each time', () => {
    const { clock, guard } = open();
    for (let turn = 0; turn < 1_000; turn++) {
      clock.now += 10_000;
      const asked = request({ from: '1009' });
      expect(guard.weigh(asked, flow(office))).toBe('taken');
      guard.judged(asked, flow(office), challenged('credentials-missing'));
      const wrong = request({ from: '1009', headers: [proof('1009')] });
      expect(guard.weigh(wrong, flow(office))).toBe('taken');
      guard.judged(wrong, flow(office), challenged('wrong-password'));
      if (turn % 30 === 0) guard.judged(request(), flow(office), registered);
    }
    expect(guard.isBanned(office)).toBe(false);
  });
});

it('bans for malformed messages', () => {
  const { guard, lines } = open();
  for (let turn = 0; turn < 60; turn++) guard.malformed(flow(office), 'malformed-message');
  expect(guard.isBanned(office)).toBe(true);
  expect(lines).toEqual([expect.objectContaining({ policy: 'malformed', detail: 'malformed-message' })]);
});

it('lets first what another edge has let in', () => {
  const { guard } = open();
  const call = request({ method: 'INVITE', uri: 'sip:9@acme.example' });
  expect(guard.goesFirst(call, flow('198.51.100.7', true))).toBe(true);
  expect(guard.goesFirst(call, flow('2001:db8::7', true))).toBe(true);
  expect(guard.goesFirst(call, flow('127.0.0.1', true))).toBe(false);
});

it('believes a mark of emergency of those alone who are trusted', () => {
  const { guard } = open({ sipTrusted: '203.0.113.0/24' });
  const marked = request({ method: 'INVITE', uri: 'sip:9@acme.example', headers: ['Priority: Emergency'] });
  const preferred = request({
    ...{ method: 'INVITE', uri: 'sip:9@acme.example' },
    headers: ['Resource-Priority: wps.1, esnet.0'],
  });
  const carrier = flow('203.0.113.4');
  expect([marked, preferred].map((each) => guard.goesFirst(each, carrier))).toEqual([true, true]);
  expect([marked, preferred].map((each) => guard.goesFirst(each, flow(office)))).toEqual([false, false]);
  const service = request({ method: 'INVITE', uri: 'urn:service:sos.fire' });
  expect(guard.goesFirst(service, flow(office))).toBe(true);
  expect(guard.goesFirst(request({ method: 'INVITE', uri: 'urn:service:sosx' }), flow(office))).toBe(false);
});
