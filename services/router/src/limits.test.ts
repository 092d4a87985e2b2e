import { beforeEach, describe, expect, it } from 'vitest';
import {
  connection,
  decisionOf,
  findingsOf,
  outcomeOf,
  Rig,
  sampleRequest,
  sampleSnapshot,
} from './sample.ts';

const vouched = { tenant: 'acme', user: '1001' };

describe('a limit of calls', () => {
  let rig: Rig;

  async function begin(specs: { tenant?: object; caller?: object; callee?: object }): Promise<void> {
    const tenants = { acme: { domains: ['acme.example'], ownAddresses: true, limits: specs.tenant ?? {} } };
    const users = { 'acme/1001': specs.caller ?? {}, 'acme/1002': specs.callee ?? {} };
    rig = new Rig(sampleSnapshot(tenants, users));
    await rig.register('1002');
  }

  const call = (key: string) => rig.router.decide(sampleRequest({ key, flow: connection, vouched }));
  const outcomes = async (...keys: string[]) => {
    const found: string[] = [];
    for (const key of keys) found.push(outcomeOf(await call(key)));
    return found;
  };

  beforeEach(() => begin({}));

  it('is none unless it is set', async () => {
    expect(decisionOf(await call('a'), 'relay').limits).toEqual([]);
  });

  it('holds for the calls of a tenant, and names the places', async () => {
    await begin({ tenant: { maxCalls: 2 } });
    expect(decisionOf(await call('a'), 'relay').limits).toEqual(['tenant/acme']);
    expect(await outcomes('b', 'c')).toEqual(['relay', '480 call-limit-reached']);
    expect(findingsOf(await call('c')).at(-1)).toBe('limits: tenant/acme is at its limit of 2');
  });

  it('is not counted twice when another router is asked about the same call', async () => {
    await begin({ tenant: { maxCalls: 1 } });
    expect(await outcomes('a', 'a', 'b')).toEqual(['relay', 'relay', '480 call-limit-reached']);
  });

  it('holds for the caller', async () => {
    await begin({ caller: { maxCalls: 1 }, tenant: { maxCalls: 9 } });
    expect(await outcomes('a', 'b')).toEqual(['relay', '480 call-limit-reached']);
  });

  it('makes the callee busy', async () => {
    await begin({ callee: { maxCalls: 1 } });
    expect(await outcomes('a', 'b')).toEqual(['relay', '486 callee-limit-reached']);
  });

  it('takes no place in one when another is full', async () => {
    await begin({ tenant: { maxCalls: 2 }, callee: { maxCalls: 1 } });
    expect(await outcomes('a', 'b')).toEqual(['relay', '486 callee-limit-reached']);
    await begin({ tenant: { maxCalls: 1 }, callee: { maxCalls: 2 } });
    expect(await outcomes('a', 'b')).toEqual(['relay', '480 call-limit-reached']);
  });

  it('is free again when nobody renews the place', async () => {
    await begin({ tenant: { maxCalls: 1 } });
    await outcomes('a');
    rig.now += 60_000;
    expect(await outcomes('b')).toEqual(['relay']);
  });
});

describe('the share of a tenant', () => {
  it('is so many new calls in any second', async () => {
    const limits = { callsPerSecond: 2 };
    const rig = new Rig(sampleSnapshot({ acme: { domains: ['acme.example'], limits } }));
    await rig.register('1002');
    const call = (key: string) => rig.router.decide(sampleRequest({ key, flow: connection, vouched }));
    expect(outcomeOf(await call('a'))).toBe('relay');
    rig.now += 600;
    expect(outcomeOf(await call('b'))).toBe('relay');
    const refused = await call('c');
    expect(outcomeOf(refused)).toBe('503 share-exceeded');
    expect(decisionOf(refused, 'reject').headers).toEqual([{ name: 'Retry-After', value: '1' }]);
    rig.now += 400;
    expect(decisionOf(await call('d'), 'relay').limits).toEqual([]);
    expect(outcomeOf(await call('e'))).toBe('503 share-exceeded');
  });
});
