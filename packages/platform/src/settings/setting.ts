import type { z } from 'zod';

/** What a tier says of one setting. */
export interface Definition<T> {
  /** Reads the text of a flag or variable; undefined reaches it when there is no value and no default. */
  readonly schema: z.ZodType<T, string | undefined>;
  /** Read like a given value; without it the schema decides whether a value is required. */
  readonly default?: string | ComputedDefault;
  /** One or more sentences for documentation and `--help`. */
  readonly description: string;
  /** Of a number, such as `s`. */
  readonly unit?: string;
  /** Keeps the value out of every message; its schema makes a `Secret` of it. */
  readonly secret?: true;
}

/** A default that is not the same everywhere. */
export interface ComputedDefault {
  /** What it is, for documentation. */
  readonly words: string;
  readonly compute: () => string;
}

/** One setting: a flag and an environment variable of the same name. */
export interface Setting<T = unknown> extends Definition<T> {
  readonly flag: `--${string}`;
  readonly variable: `TANDEM_${string}`;
}

/** The settings behind the parsed values `T`. */
export type SettingsOf<T> = { readonly [K in keyof T]-?: Setting<T[K]> };

/** Settings of any kind. */
export type AnySettings = Readonly<Record<string, Setting>>;

/** Names each setting after its property: `sipListen` is `--sip-listen` and `TANDEM_SIP_LISTEN`. */
export function defineSettings<T>(
  definitions: {
    readonly [K in keyof T]-?: Definition<T[K]>;
  },
): SettingsOf<T> {
  const named = Object.entries<Definition<unknown>>(definitions).map(([property, definition]) => {
    const name = property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const variable = `TANDEM_${name.replaceAll('-', '_').toUpperCase()}`;
    return [property, { ...definition, flag: `--${name}`, variable }];
  });
  return Object.fromEntries(named) as SettingsOf<T>;
}
