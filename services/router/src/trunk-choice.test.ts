import { describe, expect, it } from 'vitest';
import { decisionOf, findingsOf, outcomeOf, Rig, sampleSnapshot } from './sample.ts';

const contacts = (name: string) => ({ contacts: [`sip:${name}.example`] });
const Trunk = { 'acme/near': contacts('near'), 'acme/far': contacts('far'), 'acme/last': contacts('last') };

function rigWith(route: object, more: { Deck?: Record<string, object>; Trunk?: object } = {}): Rig {
  const { Deck = {}, Trunk: changed = {} } = more;
  const Route = { 'acme/all': { match: { prefix: '' }, trunks: ['near', 'far', 'last'], ...route } };
  const resources = { Trunk: { ...Trunk, ...changed }, Route, Deck };
  return new Rig(sampleSnapshot({}, { 'acme/1001': { callerId: '+34910000000' } }, resources));
}

async function hosts(rig: Rig, number = '+34600111222', key = 'call'): Promise<string[]> {
  const { groups } = decisionOf(await rig.call(`sip:${number}@acme.example`, { key }), 'relay');
  return groups.map(({ targets }) => targets[0]!.uri.split('@')[1]!.split('.')[0]!);
}

describe('trunks by weight', () => {
  const rig = rigWith({ choose: 'weight', weights: { near: 3, last: 0 } });

  it('TR-26: are first as often as their share says, the others behind', async () => {
    const first = new Map<string, number>();
    for (let call = 0; call < 2_000; call++) {
      const order = await hosts(rig, '+34600', `call ${call}`);
      expect(order.at(-1)).toBe('last');
      first.set(order[0]!, (first.get(order[0]!) ?? 0) + 1);
    }
    // 1,500 of 2,000 are expected; these calls are always the same ones.
    expect(first.get('near')).toBeGreaterThan(1_400);
    expect(first.get('near')).toBeLessThan(1_600);
    expect(first.has('last')).toBe(false);
  });

  it('are in the same order wherever a call is decided', async () => {
    expect(await hosts(rig)).toEqual(
      await hosts(rigWith({ choose: 'weight', weights: { near: 3, last: 0 } })),
    );
  });
});

describe('trunks by cost', () => {
  const Deck = {
    'acme/near': { trunk: 'near', prices: '# Spain\n34 0.02\n346 0.05\n' },
    'acme/far': { trunk: 'far', prices: '34 0.03\n34600 0.01' },
    'acme/far-more': { trunk: 'far', prices: '+49, 0.1' },
  };
  const rig = rigWith({ choose: 'cost' }, { Deck });

  it.each([
    ['+34911222333', ['near', 'far'], 'near (0.02 for 34), then far (0.03 for 34); no price at last'],
    ['+34600111222', ['far', 'near'], 'far (0.01 for 34600), then near (0.05 for 346); no price at last'],
    ['+34611111222', ['far', 'near'], 'far (0.03 for 34), then near (0.05 for 346); no price at last'],
    ['+4930123456', ['far'], 'far (0.1 for 49); no price at near, last'],
  ])('the cheapest by the longest prefix is first: %s', async (number, order, finding) => {
    expect(await hosts(rig, number)).toEqual(order);
    const verdict = await rig.call(`sip:${number}@acme.example`);
    expect(findingsOf(verdict)).toContain(`route: all: ${number} begins with anything, by ${finding}`);
  });

  it.each(['+1555', '112'])('none is asked for %s, which has no price', async (number) => {
    const verdict = await rig.call(`sip:${number}@acme.example`);
    expect(outcomeOf(verdict)).toBe('503 trunk-unusable');
    expect(findingsOf(verdict).some((finding) => finding.includes('no price at near, far, last'))).toBe(true);
  });
});

describe('what a route does', () => {
  it.each([
    ['+34600111222', '600111222'],
    ['+4930123456', '+4930123456'],
    [`+34${'6'.repeat(9)}`, '666666666'],
  ])('TR-04: rewrites %s to %s', async (number, expected) => {
    const rig = rigWith({ rewrite: [{ pattern: '^\\+34([0-9]{9})$', to: '$1' }] });
    const { callee } = decisionOf(await rig.call(`sip:${number}@acme.example`), 'relay');
    expect(callee).toBe(`sip:${expected}@near.example`);
  });

  it('AS-22: lets nothing but a number into a URI', async () => {
    const rig = rigWith({ rewrite: [{ pattern: '^9(.*)$', to: '$1' }] });
    for (const made of ['%40evil.example', '%3Bx', '%20', '']) {
      expect(outcomeOf(await rig.call(`sip:9${made}@acme.example`))).toBe('500 number-unusable');
    }
    const { callee } = decisionOf(await rig.call('sip:9%0d%0aX@acme.example'), 'relay');
    expect(callee).toBe('sip:9%0D%0AX@near.example');
  });

  it('OS-04: is a redirection where it says so, to the trunks in order', async () => {
    const { status, headers } = decisionOf(
      await rigWith({ redirect: true }).call('sip:+34600@acme.example'),
      'reject',
    );
    expect({ status, headers }).toEqual({
      status: 302,
      headers: [
        { name: 'Contact', value: '<sip:+34600@near.example>;q=1.0' },
        { name: 'Contact', value: '<sip:+34600@far.example>;q=0.9' },
        { name: 'Contact', value: '<sip:+34600@last.example>;q=0.8' },
      ],
    });
  });

  it('AS-14: says how long each of its trunks may ring', async () => {
    const slow = { near: { ...contacts('near'), endpoint: { ringTimeout: 40 } } };
    const times = async (route: object) => {
      const rig = rigWith(route, { Trunk: { 'acme/near': slow.near } });
      const { groups } = decisionOf(await rig.call('sip:+34600@acme.example'), 'relay');
      return groups.map(({ ringTimeout }) => ringTimeout);
    };
    expect(await times({})).toEqual([40, 60, 60]);
    expect(await times({ ringTimeout: 15 })).toEqual([15, 15, 15]);
  });

  it('W-21: says which answers leave a call to the next trunk', async () => {
    const rig = rigWith({ failover: ['403', '5xx'] });
    const { groups } = decisionOf(await rig.call('sip:+34600@acme.example'), 'relay');
    expect(groups.map(({ targets }) => targets[0]!.failover)).toEqual(Array(3).fill({ statuses: [403, 5] }));
  });
});

describe('what a trunk is sent', () => {
  async function sent(trunk: object, overrides = {}) {
    const rig = rigWith({ trunks: ['near'] }, { Trunk: { 'acme/near': { ...contacts('near'), ...trunk } } });
    const verdict = await rig.call('sip:+34600111222@acme.example', overrides);
    const target = decisionOf(verdict, 'relay').groups[0]!.targets[0]!;
    const edits = new Map(target.outside!.edits.map(({ name, value }) => [name, value]));
    return { target, edits, findings: findingsOf(verdict) };
  }

  it('TR-25: counts against its limit of calls', async () => {
    const { target } = await sent({ endpoint: { maxCalls: 30 } });
    expect(target.place).toEqual({ limit: 'trunk/acme/near', max: 30 });
    expect((await sent({})).target.place).toBeUndefined();
  });

  it('TR-04: has its number rewritten after its spelling', async () => {
    const numbering = { format: 'exit-code', rewrite: [{ pattern: '^00(.*)$', to: '7#$1' }] };
    expect((await sent({ numbering })).target.uri).toBe('sip:7#34600111222@near.example'.replace('#', '%23'));
  });

  it('AS-22: has headers set, passed on, renamed and removed', async () => {
    const endpoint = { headers: [{ name: 'X-Camp', value: '7' }] };
    const headerRules = {
      pass: ['X-Tag', 'X-None'],
      rename: { 'X-Inside': 'X-Outside' },
      remove: ['Subject'],
    };
    const { edits } = await sent(
      { endpoint, headerRules },
      {
        headers: [
          { name: 'x-tag', value: 'blue' },
          { name: 'X-Inside', value: 'a, b' },
        ],
      },
    );
    expect(
      ['X-Camp', 'X-Tag', 'X-None', 'X-Inside', 'X-Outside', 'Subject'].map((name) => edits.get(name)),
    ).toEqual(['7', 'blue', undefined, undefined, 'a, b', undefined]);
    expect(edits.has('X-Inside') && edits.has('Subject') && !edits.has('X-None')).toBe(true);
  });

  it.each(['a\r\nX-Evil: 1', 'a\nb', 'a\0b', 'x'.repeat(257)])('AS-22: is not passed %j', async (value) => {
    const { edits, findings } = await sent(
      { headerRules: { pass: ['X-Tag'] } },
      { headers: [{ name: 'X-Tag', value }] },
    );
    expect(edits.has('X-Tag')).toBe(false);
    expect(findings).toContain('policy: X-Tag is not passed on to trunk near: its value is unsafe');
  });

  it('TR-06, W-24: is the number of the caller in the headers that it wants', async () => {
    const callerId = { headers: ['Remote-Party-ID', 'P-Preferred-Identity'] };
    const { edits } = await sent({ callerId, numbering: { format: 'digits' } });
    const named = '<sip:34910000000@acme.example>';
    expect(edits.get('P-Asserted-Identity')).toBeUndefined();
    expect(edits.get('P-Preferred-Identity')).toBe(named);
    expect(edits.get('Remote-Party-ID')).toBe(`${named};party=calling;screen=yes`);
  });
});
