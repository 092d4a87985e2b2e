import { describe, expect, it } from 'vitest';
import { decisionOf, outcomeOf, Rig, sampleSnapshot } from './sample.ts';

const plan = { countryCode: '34', nationalLengths: [9] };

function rigWith(user: object, callerId: object = {}): Rig {
  return new Rig(
    sampleSnapshot(
      { acme: { domains: ['acme.example'], dialPlan: plan } },
      { 'acme/1001': user },
      {
        Trunk: { 'acme/carrier': { contacts: ['sip:carrier.example'], callerId } },
        Route: { 'acme/all': { match: { prefix: '+' }, trunks: ['carrier'] } },
      },
    ),
  );
}

async function shown(rig: Rig, overrides = {}): Promise<string> {
  const verdict = await rig.call('sip:+34600111222@acme.example', overrides);
  if (outcomeOf(verdict) !== 'relay') return outcomeOf(verdict);
  const { edits, from } = decisionOf(verdict, 'relay').groups[0]!.targets[0]!.outside!;
  expect(edits.findLast(({ name }) => name === 'P-Asserted-Identity')?.value).toBe(from);
  return from;
}

const user = { callerId: '910000000', callerIds: ['+34910000001', '910000002'] };
const from = (name: string) => ({ from: `<sip:${name}@acme.example>;tag=1` });

describe('the number that a user shows', () => {
  it.each([
    ['its first one', {}, '+34910000000'],
    ['another of its own, by From', from('910000002'), '+34910000002'],
    [
      'another of its own, by P-Preferred-Identity',
      { headers: [{ name: 'P-Preferred-Identity', value: '<tel:+34-910-000-001>' }] },
      '+34910000001',
    ],
    [
      'its first one instead of a foreign one',
      { headers: [{ name: 'P-Preferred-Identity', value: '<tel:+34900000000>' }] },
      '+34910000000',
    ],
  ])('TR-06: is %s', async (_which, overrides, number) => {
    expect(await shown(rigWith(user), overrides)).toBe(`<sip:${number}@acme.example>`);
  });

  it('TR-06, W-24: is refused when it is a foreign one in From', async () => {
    expect(await shown(rigWith(user), from('+34900000000'))).toBe('403 identity-mismatch');
  });

  it('TR-06: is that of the trunk, or its name, where it has none', async () => {
    expect(await shown(rigWith({}, { fallback: '910000009' }))).toBe('<sip:+34910000009@acme.example>');
    expect(await shown(rigWith({}))).toBe('<sip:1001@acme.example>');
  });

  it('TR-29: and the number that it calls arrive as they were asked for, of 5,000 pairs', async () => {
    const wrong: string[] = [];
    let rig = rigWith({});
    for (let index = 0; index < 5_000; index++) {
      const called = 600_000_000 + index * 7_919;
      const written = [`+34${called}`, `0034${called}`, `34${called}`, `${called}`][index % 4]!;
      if (index % 500 === 0) rig = rigWith({ callerIds: owned(index) });
      const caller = owned(index - (index % 500))[index % 50]!;
      const verdict = await rig.call(`sip:${written}@acme.example`, from(caller));
      if (outcomeOf(verdict) !== 'relay') wrong.push(`${written} ${caller}: ${outcomeOf(verdict)}`);
      else {
        const { callee, groups } = decisionOf(verdict, 'relay');
        const isRight =
          callee === `sip:+34${called}@carrier.example` &&
          groups[0]!.targets[0]!.outside!.from === `<sip:+34${caller.slice(-9)}@acme.example>`;
        if (!isRight) wrong.push(`${written} ${caller}: ${callee}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** Numbers of a user, in the spellings of the country. */
function owned(seed: number): string[] {
  return Array.from({ length: 50 }, (_, index) => {
    const number = 910_000_000 + seed * 50 + index;
    return index % 2 === 0 ? `${number}` : `+34${number}`;
  });
}
