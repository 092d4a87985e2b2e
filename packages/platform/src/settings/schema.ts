import { nearestHint, Secret } from '@tandem/resource';
import { z } from 'zod';

/** A setting's value of its own syntax; `problem` completes "the value …" where it cannot be read. */
export function readBy<T>(problem: string, parse: (text: string) => T | undefined): z.ZodType<T, string> {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  });
}

/** A name that can be a token of a subject, part of a key and part of a file's name. */
export const token: z.ZodType<string, string> = readBy('must be 1 to 63 letters, digits, - or _', (text) =>
  /^[A-Za-z0-9_-]{1,63}$/.test(text) ? text : undefined,
);

/** Any text that is not empty. */
export const text: z.ZodType<string, string> = z.string().min(1, 'must not be empty');

/** One of some words. */
export function oneOf<const T extends string>(words: readonly T[]): z.ZodType<T, string> {
  return z.string().transform((text, context) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    context.addIssue({
      code: 'custom',
      message: `must be one of ${words.join(', ')}${nearestHint(text, words)}`,
    });
    return z.NEVER;
  });
}

/** A whole number in decimal digits. */
export function wholeNumber(from: number, to: number): z.ZodType<number, string> {
  return readBy(`must be a whole number from ${from} to ${to}`, (text) => {
    const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= from && value <= to ? value : undefined;
  });
}

/** A secret of some length at least. */
export function secretText(minLength: number): z.ZodType<Secret, string> {
  return readBy(`must have at least ${minLength} characters`, (text) =>
    text.length >= minLength ? new Secret(text) : undefined,
  );
}

/** What a later release will understand. */
export const notYet: z.ZodType<undefined, string | undefined> = z.undefined({
  error: 'is not supported yet: this release keeps everything in its own process, leave it unset',
});
