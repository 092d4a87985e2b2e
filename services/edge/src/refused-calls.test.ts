import { event, type router } from '@tandem/contract';
import { createLog, MemoryBus } from '@tandem/platform';
import { codecMismatch } from '@tandem/sdp';
import { Fault } from '@tandem/sip';
import { beforeEach, describe, expect, it } from 'vitest';
import { edgeDraining, ringTimeout } from './faults.ts';
import { RefusedCalls, refusedBy, refusedFor } from './refused-calls.ts';
import { CallEvents } from './uses/events.ts';

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });
const alice = { tenant: 'acme', user: '1001' };
const facts = {
  callId: 'c@h',
  key: '0b7e0ccd-43ad-4a1b-8dbf-3d1a6a3f0f1e',
  requestUri: 'sip:1009@acme.example',
  flow: { host: '192.0.2.1' },
} as router.Request;
const blame = { layer: 'routing', kind: 'User', tenant: 'acme', name: '1009', field: '', hint: 'Look.' };
const verdict = {
  id: 0,
  decision: {
    $case: 'reject',
    value: { status: 404, reason: '', fault: 'user-unknown', headers: [], blame },
  },
  explanation: [{ rule: 'number', finding: 'unknown user 1009' }],
  configuration: '',
} as router.Verdict;

describe('RefusedCalls', () => {
  let now: number;
  let told: { subject: string; event: event.Event }[];
  let counted: number;
  let calls: RefusedCalls;
  let last: number;

  beforeEach(() => {
    [now, told, counted, last] = [1_000, [], 0, 0];
    const bus = new MemoryBus({ log, now: () => now });
    bus.subscribe('tandem.>', ({ subject, payload }) => {
      told.push({ subject, event: event.Event.decode(payload) });
    });
    const events = new CallEvents(bus, 'eu', 'edge-1');
    calls = new RefusedCalls({ events, counted: { failed: () => counted++ }, now: () => now });
  });

  function refuse(times: number, identity?: router.Identity): void {
    for (let index = 0; index < times; index++) {
      const key = `${facts.key.slice(0, -3)}${String(++last).padStart(3, '0')}`;
      calls.refused(() => ({ ...facts, key }), { ...refusedBy(verdict)!, identity });
    }
  }

  async function heard(): Promise<typeof told> {
    await new Promise((resolve) => setImmediate(resolve));
    return told;
  }

  it('tells what stood against a call, as the router has it', async () => {
    refuse(1, alice);
    const [{ subject, event: found }] = (await heard()) as [(typeof told)[number]];
    expect(subject).toBe('tandem.eu.call.acme.refused');
    expect(found).toMatchObject({ tenant: 'acme', kind: { $case: 'callRefused' } });
    expect(found.kind!.value).toMatchObject({
      ...{ sipCallId: 'c@h', caller: '1001@acme', callee: 'sip:1009@acme.example', status: 404 },
      ...{ fault: 'user-unknown', source: '192.0.2.1' },
      diagnosis: {
        ...{ layer: 'routing', code: 'user-unknown', status: 404, hint: 'Look.' },
        object: { kind: 'User', tenant: 'acme', name: '1009' },
        evidence: ['number: unknown user 1009'],
      },
    });
  });

  it('tells of five calls a second of strangers, and counts the others', async () => {
    refuse(10);
    refuse(60, alice);
    expect((await heard()).map(({ subject }) => subject)).toEqual([
      ...Array.from({ length: 5 }, () => 'tandem.eu.call.~.refused'),
      ...Array.from({ length: 50 }, () => 'tandem.eu.call.acme.refused'),
    ]);
    expect(counted).toBe(5 + 10);
    now += 1_000;
    told.length = 0;
    refuse(7);
    expect(await heard()).toHaveLength(5);
  });
});

describe('why a call was refused', () => {
  it('is nothing wrong where a phone is only asked who it is, or a router blames nobody', () => {
    const value = { status: 407, challenges: [], fault: 'credentials-missing' };
    expect(refusedBy({ ...verdict, decision: { $case: 'challenge', value } })).toBeUndefined();
    expect(refusedFor(new Fault(ringTimeout, ''), 'h', undefined)).toBeUndefined();
    expect(refusedFor(new Error('defect'), 'h', undefined)).toBeUndefined();
  });

  it('is the edge’s, or the peer’s that has sent it', () => {
    const { diagnosis } = refusedFor(new Fault(edgeDraining, 'no new calls'), '192.0.2.1', undefined)!;
    expect(diagnosis).toMatchObject({ layer: 'capacity', object: { kind: 'Tier', name: 'edge' } });
  });

  it('is the callee’s as well where both lists of codecs have nothing in common', () => {
    const identity = { tenant: 'acme', user: '', trunk: 'carrier' };
    const relay = { groups: [{ targets: [{ identity }] }] } as unknown as router.Relay;
    const { diagnosis } = refusedFor(new Fault(codecMismatch, 'audio'), '192.0.2.1', relay)!;
    expect(diagnosis.object).toMatchObject({ kind: 'Trunk', name: 'carrier', field: 'endpoint.codecs' });
    expect(diagnosis).toMatchObject({ layer: 'sdp', evidence: ['codec-mismatch: audio'] });
  });
});
