import { nearest } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { settingInvalid } from '../faults.ts';
import { isForeign, variablePrefix } from './foreign.ts';
import type { AnySettings, Setting, SettingsOf } from './setting.ts';

type Values = Readonly<Record<string, string | undefined>>;

export interface SettingsInput {
  /** By property, as commander gives them. */
  readonly flags: Values;
  /** An empty variable counts as unset. */
  readonly env: Values;
  /** Settings of other tiers: their variables may be set for all tiers alike. */
  readonly others?: AnySettings;
}

/** Reads all settings; flags win. Throws one `setting-invalid` that names whatever is wrong, on one line. */
export function parseSettings<T>(settings: SettingsOf<T>, input: SettingsInput): T {
  const known: AnySettings = settings as AnySettings;
  const problems: string[] = [];
  const values = Object.entries(known).map(([property, setting]) => {
    const result = read(property, setting, input);
    if ('problem' in result) problems.push(result.problem);
    return [property, 'value' in result ? result.value : undefined];
  });
  problems.push(...unknownFlags(known, input.flags), ...unknownVariables(known, input));
  if (problems.length > 0) throw new Fault(settingInvalid, problems.join('; '));
  return Object.fromEntries(values) as T;
}

type Reading = { readonly value: unknown } | { readonly problem: string };

function read(property: string, setting: Setting, { flags, env }: SettingsInput): Reading {
  const flag = flags[property];
  const text = flag ?? (env[setting.variable] || defaultOf(setting));
  const result = setting.schema.safeParse(text);
  if (result.success) return { value: result.data };
  const name = flag === undefined ? setting.variable : setting.flag;
  if (text === undefined) return { problem: `${name}: is required` };
  const shown = setting.secret ? '' : `=${JSON.stringify(text)}`;
  return { problem: `${name}${shown}: ${result.error.issues.map(({ message }) => message).join(', ')}` };
}

function defaultOf({ default: fallback }: Setting): string | undefined {
  return typeof fallback === 'object' ? fallback.compute() : fallback;
}

function unknownFlags(known: AnySettings, flags: Values): string[] {
  const names = Object.values(known).map(({ flag }) => flag.slice(2));
  return Object.entries(flags)
    .filter(([property, value]) => value !== undefined && !Object.hasOwn(known, property))
    .map(([property]) => `${property}: is unknown${suggestion('--', property, names)}`);
}

function unknownVariables(known: AnySettings, { env, others = {} }: SettingsInput): string[] {
  const names = Object.values({ ...others, ...known }).map(({ variable }) =>
    variable.slice(variablePrefix.length),
  );
  return Object.entries(env)
    .filter(([variable, value]) => value !== undefined && !isForeign(variable, value))
    .map(([variable]) => variable.slice(variablePrefix.length))
    .filter((name) => !names.includes(name))
    .map((name) => `${variablePrefix}${name}: is unknown${suggestion(variablePrefix, name, names)}`);
}

function suggestion(prefix: string, name: string, names: readonly string[]): string {
  const [best] = nearest(name, names);
  return best === undefined ? '' : `, did you mean ${prefix}${best}?`;
}
