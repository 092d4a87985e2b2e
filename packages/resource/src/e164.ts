import type { DialPlanSpec } from './dial-plan.ts';

/** How a number was spelled. */
type NumberForm = 'international' | 'exit code' | 'national' | 'local' | 'country code';

/** A number as E.164 has it. */
export interface E164 {
  /** `+` and up to 15 digits. */
  readonly number: string;
  /** How it was spelled. */
  readonly form: NumberForm;
}

/** What a number may be sent and shown as. */
export const numberFormats = ['e164', 'digits', 'exit-code', 'national'] as const;
export type NumberFormat = (typeof numberFormats)[number];

/** Characters of a spelling that are looked at: a number has at most 15 digits. */
const longest = 64;
/** Digits of a national number, where nobody has said how many there are. */
const fewest = 4;
/** The same after a bare country code, which could be the beginning of a local number. */
const fewestAfterCountryCode = 7;

/** The number that a spelling stands for in a dial plan; undefined for what is no number there, such as `112`. */
export function toE164(plan: DialPlanSpec, written: string): E164 | undefined {
  const text = written.length > longest ? '' : written.replace(/[-.() ]/g, '');
  if (text.startsWith('+')) return found('international', text.slice(1));
  if (plan.countryCode === undefined || !/^[0-9]+$/.test(text)) return undefined;
  return (
    exitCode(plan, text) ??
    national(plan, plan.countryCode, text) ??
    local(plan, plan.countryCode, text) ??
    countryCode(plan, plan.countryCode, text)
  );
}

/** No country code begins with 0, and no number has more than 15 digits (E.164 §6.1). */
function found(form: NumberForm, digits: string): E164 | undefined {
  return /^[1-9][0-9]{1,14}$/.test(digits) ? { number: `+${digits}`, form } : undefined;
}

function exitCode({ internationalPrefix }: DialPlanSpec, text: string): E164 | undefined {
  if (internationalPrefix === '' || !text.startsWith(internationalPrefix)) return undefined;
  return found('exit code', text.slice(internationalPrefix.length));
}

function national(plan: DialPlanSpec, code: string, text: string): E164 | undefined {
  const { nationalPrefix, nationalLengths } = plan;
  const bare = text.slice(nationalPrefix.length);
  const isPrefixed = nationalPrefix !== '' && text.startsWith(nationalPrefix);
  if (isPrefixed && hasLength(nationalLengths, bare, fewest)) return found('national', code + bare);
  return nationalLengths.includes(text.length) ? found('national', code + text) : undefined;
}

function local(plan: DialPlanSpec, code: string, text: string): E164 | undefined {
  const { areaCode } = plan;
  if (areaCode === undefined || !localLengthsOf(plan).includes(text.length)) return undefined;
  return found('local', code + areaCode + text);
}

function countryCode({ nationalLengths }: DialPlanSpec, code: string, text: string): E164 | undefined {
  if (!text.startsWith(code)) return undefined;
  const rest = text.slice(code.length);
  return hasLength(nationalLengths, rest, fewestAfterCountryCode) ? found('country code', text) : undefined;
}

function hasLength(lengths: readonly number[], { length }: string, least: number): boolean {
  return lengths.length === 0 ? length >= least : lengths.includes(length);
}

function localLengthsOf({ areaCode = '', localLengths, nationalLengths }: DialPlanSpec): readonly number[] {
  return localLengths.length > 0 ? localLengths : nationalLengths.map((length) => length - areaCode.length);
}

/** Why a row of digits is no number of a dial plan, where that can be told; undefined otherwise. */
export function misfit(plan: DialPlanSpec, written: string): string | undefined {
  const digits = written.replace(/[-.() ]/g, '');
  if (plan.countryCode === undefined || !/^[0-9]{5,64}$/.test(digits)) return undefined;
  if (digits.length > 15 + plan.internationalPrefix.length) return 'it has more than 15 digits';
  if (needsAreaCode(plan, written)) return 'a local number needs areaCode in the dial plan';
  const { nationalLengths } = plan;
  if (nationalLengths.length === 0) return 'the dial plan has no nationalLengths by which to know it';
  return `national numbers have ${nationalLengths.join(' or ')} digits by the dial plan`;
}

/** Whether a row of digits is a local number of a dial plan that does not say where it is local. */
export function needsAreaCode(plan: DialPlanSpec, written: string): boolean {
  const digits = written.replace(/[-.() ]/g, '');
  const isNumber = plan.countryCode !== undefined && /^[0-9]{5,64}$/.test(digits);
  return isNumber && plan.areaCode === undefined && plan.localLengths.includes(digits.length);
}

/** Spells a number that is in E.164; what is not stays as it is. */
export function spellNumber(plan: DialPlanSpec, number: string, format: NumberFormat): string {
  if (!number.startsWith('+')) return number;
  const digits = number.slice(1);
  switch (format) {
    case 'e164':
      return number;
    case 'digits':
      return digits;
    case 'exit-code':
      return plan.internationalPrefix + digits;
    case 'national': {
      const { countryCode: code } = plan;
      const isOwn = code !== undefined && digits.startsWith(code);
      return isOwn ? plan.nationalPrefix + digits.slice(code.length) : plan.internationalPrefix + digits;
    }
  }
}
