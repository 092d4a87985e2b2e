import { describe, expect, it } from 'vitest';
import { decisionOf, findingsOf, outcomeOf, Rig, sampleSnapshot } from './sample.ts';

const Trunk = {
  'acme/near': { contacts: ['sip:near.example'] },
  'acme/far': { contacts: ['sip:far.example'] },
};
const Schedule = { 'acme/office': { timezone: 'UTC', open: [{ from: '09:00', to: '18:00' }] } };

function rigWith(routes: Record<string, object>, users: Record<string, object> = {}): Rig {
  const Route = Object.fromEntries(Object.entries(routes).map(([name, spec]) => [`acme/${name}`, spec]));
  return new Rig(sampleSnapshot({}, users, { Trunk, Schedule, Route }));
}

async function taken(rig: Rig, number = '+34600'): Promise<string> {
  const verdict = await rig.call(`sip:${number}@acme.example`);
  return outcomeOf(verdict) === 'relay' ? decisionOf(verdict, 'relay').callee : outcomeOf(verdict);
}

describe('a route', () => {
  it('FP-03: is taken by day, and another one by night', async () => {
    const rig = rigWith({
      day: { match: { prefix: '+', during: 'office' }, trunks: ['near'] },
      night: { match: { prefix: '+', outside: 'office' }, trunks: ['far'] },
    });
    rig.now = Date.parse('2026-11-20T12:00:00Z');
    expect(await taken(rig)).toBe('sip:+34600@near.example');
    rig.now = Date.parse('2026-11-20T18:00:00Z');
    expect(await taken(rig)).toBe('sip:+34600@far.example');
  });

  it('FP-03, AS-26: is for some callers', async () => {
    const routes = {
      few: { match: { prefix: '+', callers: ['alice'] }, trunks: ['near'] },
      others: { match: { prefix: '' }, trunks: ['far'] },
    };
    expect(await taken(rigWith(routes))).toBe('sip:+34600@near.example');
    const others = rigWith({
      ...routes,
      few: { match: { prefix: '+', callers: ['1002'] }, trunks: ['near'] },
    });
    expect(await taken(others)).toBe('sip:+34600@far.example');
    expect(findingsOf(await others.call('sip:+34600@acme.example'))).toContain(
      'route: few: 1001 is none of its callers',
    );
  });

  it('TR-04: is for those with its class of service', async () => {
    const abroad = { abroad: { match: { prefix: '+' }, class: 'international', trunks: ['near'] } };
    const user = (classes?: string[]) => ({
      'acme/1001': { aliases: ['alice'], ...(classes && { classes }) },
    });
    expect(await taken(rigWith(abroad, user()))).toBe('sip:+34600@near.example');
    expect(await taken(rigWith(abroad, user(['international'])))).toBe('sip:+34600@near.example');
    const rig = rigWith(abroad, user(['local']));
    expect(await taken(rig)).toBe('403 class-missing');
    expect(findingsOf(await rig.call('sip:+34600@acme.example')).at(-1)).toBe(
      'policy: 1001 does not have the class of service international',
    );
    const cheap = { ...abroad, cheap: { match: { prefix: '' }, trunks: ['far'] } };
    expect(await taken(rigWith(cheap, user(['local'])))).toBe('sip:+34600@far.example');
    const bars = { ...cheap, abroad: { ...abroad.abroad, withoutClass: 'refuse' } };
    expect(await taken(rigWith(bars, user(['local'])))).toBe('403 class-missing');
    expect(await taken(rigWith(bars, user(['local'])), '112')).toBe('sip:112@far.example');
    expect(await taken(rigWith(bars, user()))).toBe('sip:+34600@near.example');
  });
});
