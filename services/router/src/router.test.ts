import type { router } from '@tandem/contract';
import { MemoryLocation } from '@tandem/location';
import { MemoryCallLimits } from '@tandem/platform';
import { compose, diagnostics } from '@tandem/resource';
import { expect, it } from 'vitest';
import { Router, type RouterParts } from './router.ts';
import {
  answer,
  connection,
  decisionOf,
  outcomeOf,
  sampleRegister,
  sampleRequest,
  sampleSnapshot,
  start,
} from './sample.ts';

const down = () => Promise.reject(new Error('connection refused'));

function routerWith(parts: Partial<RouterParts>): Router {
  return new Router({
    snapshot: sampleSnapshot,
    location: new MemoryLocation(),
    nonceCounts: { claim: async () => true },
    limits: new MemoryCallLimits(),
    secret: 'secret',
    lineSecret: 'line',
    now: () => start,
    ...parts,
  });
}

async function registerAt(router: Router, overrides: Partial<router.Request> = {}) {
  const request = sampleRegister(overrides);
  const authorization = [answer(request, await router.decide(request), { username: '1001' })];
  return router.decide({ ...request, authorization });
}

class DownLocation extends MemoryLocation {
  override update = down;
  override lookup = down;
}

it('answers 503 and when to come again while the store is down', async () => {
  expect(decisionOf(await registerAt(routerWith({ location: new DownLocation() })), 'reject')).toMatchObject({
    status: 503,
    blame: { layer: 'capacity', kind: 'Tier', name: 'store' },
    reason: 'Service Unavailable',
    fault: 'store-unavailable',
    headers: [{ name: 'Retry-After', value: '5' }],
  });
});

it('answers 503 to a call while the store is down', async () => {
  const router = routerWith({ location: new DownLocation() });
  const request = sampleRequest({ flow: connection, vouched: { tenant: 'acme', user: '1001' } });
  expect(outcomeOf(await router.decide(request))).toBe('503 store-unavailable');
});

it('answers 503 rather than let a capture through while nonce counts are down', async () => {
  expect(outcomeOf(await registerAt(routerWith({ nonceCounts: { claim: down } })))).toBe(
    '503 store-unavailable',
  );
});

it('goes on challenging while every store is down', async () => {
  const router = routerWith({ location: new DownLocation(), nonceCounts: { claim: down } });
  expect(outcomeOf(await router.decide(sampleRegister()))).toBe('401 credentials-missing');
});

it('does not call a defect of its own a store that is down', async () => {
  const router = routerWith({
    snapshot: () => {
      throw new TypeError('defect');
    },
  });
  await expect(router.decide(sampleRegister())).rejects.toThrow('defect');
});

it('claims a nonce until it expires', async () => {
  const claims: unknown[] = [];
  const claim = async (...claimed: unknown[]) => claims.push(claimed) > 0;
  await registerAt(routerWith({ nonceCounts: { claim } }), { key: 'call' });
  expect(claims).toEqual([[expect.stringMatching(/^[\w-]{20}$/), 1, start + 300_000, start, 'call']]);
});

it('lets the diagnostics tenant call', async () => {
  const { resources, users, domain } = diagnostics('secret');
  const router = routerWith({ snapshot: () => compose('diagnostics', resources, new Map()) });
  const to = `<sip:${users[0]?.name}@${domain}>`;
  const request = sampleRegister({ to, requestUri: `sip:${domain}` });
  const login = { username: users[0]!.name, password: users[0]!.password };
  const authorization = [answer(request, await router.decide(request), login)];
  expect(outcomeOf(await router.decide({ ...request, authorization }))).toBe('registered');
});

it('records how long the stores took, whether they answer or not', async () => {
  const operations: string[] = [];
  const storeTime: RouterParts['storeTime'] = (seconds, { operation }) => {
    expect(seconds).toBeGreaterThanOrEqual(0);
    operations.push(operation);
  };
  await registerAt(routerWith({ storeTime }));
  const request = sampleRequest({ flow: connection, vouched: { tenant: 'acme', user: '1001' } });
  await routerWith({ storeTime, location: new DownLocation() }).decide(request);
  expect(operations).toEqual(['claim', 'update', 'lookup']);
});

it('lets a call go on, and says so, when the store of limits is down', async () => {
  let unchecked = 0;
  const limits = Object.assign(new MemoryCallLimits(), { acquire: down });
  const snapshot = sampleSnapshot({ acme: { domains: ['acme.example'], limits: { maxCalls: 1 } } });
  const location = new MemoryLocation();
  const router = routerWith({
    location,
    limits,
    snapshot: () => snapshot,
    unchecked: () => void unchecked++,
  });
  await registerAt(router);
  const vouched = { tenant: 'acme', user: '1001' };
  const requestUri = 'sip:1001@acme.example';
  const verdict = await router.decide(sampleRequest({ key: 'a', requestUri, flow: connection, vouched }));
  expect(decisionOf(verdict, 'relay').limits).toEqual(['tenant/acme']);
  expect(unchecked).toBe(1);
});
