import { describe, expect, it } from 'vitest';
import { type Condition, conditionsOf, type Known } from './conditions.ts';
import { carrier, trunkOf } from './fixture.ts';
import { newHealth, probed } from './health.ts';

const nothing: Known = {
  login: undefined,
  contacts: [],
  inbound: undefined,
  delivery: undefined,
  stranger: undefined,
};

function find(conditions: readonly Condition[], type: string): Condition {
  return conditions.find((each) => each.type === type)!;
}

describe('the conditions of a trunk', () => {
  it('tell since when a part is as it is, and when it was good last (W-32)', async () => {
    const trunk = await trunkOf({
      contacts: ['sip:a.example'],
      probe: { interval: 10 },
      identify: { sources: ['203.0.113.1'] },
    });
    const well = { at: 1_000, isAlive: true, latency: 3, said: '200 OK' };
    const up = probed(newHealth('sip:a.example', 0), well, trunk.probe);
    const before = conditionsOf(trunk, { ...nothing, contacts: [up] }, 1_000);
    expect(find(before, 'Ready')).toMatchObject({ status: 'true', reason: 'ready', since: 1_000 });
    const later = conditionsOf(trunk, { ...nothing, contacts: [up] }, 9_000, before);
    expect(find(later, 'Contacts')).toMatchObject({ since: 1_000, goodAt: 9_000 });
    const gone = { at: 20_000, isAlive: false, latency: 0, said: 'no answer' };
    const down = probed(probed(up, gone, trunk.probe), { ...gone, at: 30_000 }, trunk.probe);
    const after = conditionsOf(trunk, { ...nothing, contacts: [down] }, 30_000, later);
    const wrong = {
      status: 'false',
      layer: 'signaling',
      object: 'Trunk/carrier spec.contacts[0]',
      since: 30_000,
      goodAt: 9_000,
    };
    expect(find(after, 'Contacts')).toMatchObject(wrong);
    expect(find(after, 'Contacts').detail).toContain(
      'since 1970-01-01T00:00:30.000Z: no answer, last good 1970-01-01T00:00:01.000Z',
    );
    expect(find(after, 'Ready')).toMatchObject({ ...wrong, reason: 'degraded' });
  });

  it('name one who came from elsewhere for ten minutes (W-19)', async () => {
    const stranger = { at: 0, method: 'INVITE', source: '198.51.100.7' };
    const trunk = await trunkOf(carrier);
    const at = (now: number) => find(conditionsOf(trunk, { ...nothing, stranger }, now), 'Identify');
    expect(at(599_000)).toMatchObject({
      status: 'false',
      layer: 'auth',
      object: 'Trunk/carrier spec.identify',
    });
    expect(at(599_000).detail).toContain('INVITE to our contact from 198.51.100.7');
    expect(at(600_000)).toMatchObject({ status: 'true' });
  });

  it('are not unready for what only waits', async () => {
    const trunk = await trunkOf({
      contacts: ['sip:a.example'],
      probe: { interval: 10 },
      identify: { sources: ['203.0.113.1'] },
    });
    const conditions = conditionsOf(trunk, { ...nothing, contacts: [newHealth('sip:a.example', 0)] }, 0);
    expect(find(conditions, 'Ready')).toMatchObject({ status: 'unknown', reason: 'starting' });
  });
});
