import { describe, expect, it } from 'vitest';
import { type DialPlanSpec, dialPlanSchema } from './dial-plan.ts';
import { misfit, numberFormats, spellNumber, toE164 } from './e164.ts';

const plan = (spec: object): DialPlanSpec => dialPlanSchema.parse(spec);
const spain = plan({ countryCode: '34', nationalLengths: [9] });
const california = plan({
  countryCode: '1',
  internationalPrefix: '011',
  nationalPrefix: '1',
  nationalLengths: [10],
  areaCode: '415',
});
const berlin = plan({ countryCode: '49', nationalPrefix: '0', areaCode: '30', localLengths: [6, 7, 8] });
const nowhere = plan({});

describe('a number in a dial plan', () => {
  const spellings: [string, DialPlanSpec, string, string | undefined][] = [
    ['Spain', spain, '+34911222333', '+34911222333 international'],
    ['Spain', spain, '0034911222333', '+34911222333 exit code'],
    ['Spain', spain, '34911222333', '+34911222333 country code'],
    ['Spain', spain, '911222333', '+34911222333 national'],
    ['Spain', spain, '911 22-23.33', '+34911222333 national'],
    ['Spain', spain, '004930123456', '+4930123456 exit code'],
    ['Spain', spain, '343333333', '+34343333333 national'],
    ['Spain', spain, '112', undefined],
    ['Spain', spain, '91122233', undefined],
    ['Spain', spain, '9112223334', undefined],
    ['Spain', spain, '+0034911222333', undefined],
    ['Spain', spain, `00${'1'.repeat(16)}`, undefined],
    ['Spain', spain, '*21*911222333', undefined],
    ['Spain', spain, 'alice', undefined],
    ['Spain', spain, '+', undefined],
    ['California', california, '5550100', '+14155550100 local'],
    ['California', california, '4155550100', '+14155550100 national'],
    ['California', california, '14155550100', '+14155550100 national'],
    ['California', california, '+1 (415) 555-0100', '+14155550100 international'],
    ['California', california, '01134911222333', '+34911222333 exit code'],
    ['California', california, '911', undefined],
    ['Berlin', berlin, '030123456', '+4930123456 national'],
    ['Berlin', berlin, '123456', '+4930123456 local'],
    ['Berlin', berlin, '4930123456', '+4930123456 country code'],
    ['Berlin', berlin, '49301234', '+493049301234 local'],
    ['Berlin', berlin, '003491122', '+3491122 exit code'],
    ['nowhere', nowhere, '+34911222333', '+34911222333 international'],
    ['nowhere', nowhere, '0034911222333', undefined],
    ['nowhere', nowhere, '911222333', undefined],
  ];
  it.each(spellings)('TR-05, FU-40, FU-46: in %s, %j.%s is %s', (_place, where, written, expected) => {
    const found = toE164(where, written);
    expect(found && `${found.number} ${found.form}`).toBe(expected);
  });

  const misfits: [DialPlanSpec, string, string | undefined][] = [
    [{ ...spain, localLengths: [7] }, '2222333', 'a local number needs areaCode in the dial plan'],
    [spain, '9112223334', 'national numbers have 9 digits by the dial plan'],
    [spain, '1'.repeat(40), 'it has more than 15 digits'],
    [
      { ...spain, nationalLengths: [] },
      '911222333',
      'the dial plan has no nationalLengths by which to know it',
    ],
    [spain, '112', undefined],
    [spain, 'alice', undefined],
    [nowhere, '911222333', undefined],
  ];
  it.each(misfits)('W-44: of %j, %s is none: %s', (where, written, why) => {
    expect(misfit(where, written)).toBe(why);
  });
});

describe('the spelling of a number', () => {
  it.each([
    [spain, '+34911222333', ['+34911222333', '34911222333', '0034911222333', '911222333']],
    [spain, '+4930123456', ['+4930123456', '4930123456', '004930123456', '004930123456']],
    [california, '+14155550100', ['+14155550100', '14155550100', '01114155550100', '14155550100']],
    [berlin, '+4930123456', ['+4930123456', '4930123456', '004930123456', '030123456']],
    [spain, '112', ['112', '112', '112', '112']],
  ])('is as a format has it: %#', (where, number, expected) => {
    expect(numberFormats.map((format) => spellNumber(where, number, format))).toEqual(
      numberFormats.map((format) => expected[['e164', 'digits', 'exit-code', 'national'].indexOf(format)]),
    );
  });

  it.each([
    ['Spain', spain, '34', 9],
    ['California', california, '1', 10],
  ])('TR-29: is read again as the same number, in %s, for 5,000 numbers', (_place, where, code, length) => {
    const wrong: string[] = [];
    for (let index = 0; index < 5_000; index++) {
      const own = `+${code}${2 + (index % 8)}${digits(index, length - 1)}`;
      // Of another country: an own number would be shorter, or begin otherwise.
      const number = index % 5 === 0 ? `+49${2 + (index % 8)}${digits(index, 5 + (index % 6))}` : own;
      for (const format of numberFormats) {
        const spelled = spellNumber(where, number, format);
        const again = toE164(where, spelled)?.number;
        const isAmbiguous = format === 'digits' && number !== own;
        if (again !== number && !isAmbiguous) wrong.push(`${number} as ${spelled}: ${again}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** Always the same digits for the same seed, in no order. */
function digits(seed: number, count: number): string {
  let state = (seed + 1) * 2_654_435_761;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String(Math.floor((state / 2 ** 32) * 10));
  }).join('');
}
