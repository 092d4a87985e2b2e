import { expect, it } from 'vitest';
import { diagnoseFlow } from './media-flow.ts';

const call = { id: 'c', caller: '1001@acme', calleeIdentity: 'trunk/carrier@acme' };

function heard(packets: number, refused = 0) {
  return { packets, refused, octets: 0, lost: 0, rtcpPackets: 0, jitterUs: 0 };
}

function flow(fromCaller: ReturnType<typeof heard>, fromCallee: ReturnType<typeof heard>, changes = {}) {
  return { seconds: 6, fromCaller, fromCallee, awaitsCaller: true, awaitsCallee: true, ...changes };
}

it.each([
  [flow(heard(300), heard(0)), 'media', 'from_callee', { kind: 'Trunk', tenant: 'acme', name: 'carrier' }],
  [flow(heard(0), heard(300)), 'media', 'from_caller', { kind: 'User', tenant: 'acme', name: '1001' }],
  [flow(heard(0), heard(0)), 'media', 'both', { kind: 'Call', name: 'c' }],
  [flow(heard(300), heard(0, 280)), 'nat', 'from_callee', { kind: 'Trunk', name: 'carrier' }],
  [flow(heard(0), heard(0), { awaitsCallee: false }), 'media', 'from_caller', { kind: 'User' }],
] as const)('names layer, direction and party: %#', (seen, layer, direction, object) => {
  expect(diagnoseFlow(call, seen)).toMatchObject({ layer, direction, object });
});

it('has the counters for evidence', () => {
  expect(diagnoseFlow(call, flow(heard(300), heard(0, 280)))!.evidence).toEqual([
    'from the caller: 300 RTP packets within 6 s',
    'from the callee: 0 RTP packets, and 280 refused from another address within 6 s',
  ]);
});

it('finds nothing wrong with a side that is silent of its own will, nor with an early report', () => {
  expect(diagnoseFlow(call, flow(heard(300), heard(0), { awaitsCallee: false }))).toBeUndefined();
  expect(diagnoseFlow(call, flow(heard(1), heard(1)))).toBeUndefined();
});
