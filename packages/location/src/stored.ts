import type { Binding } from './binding.ts';
import { packBinding, unpackBinding } from './pack.ts';

/** A binding in its field. */
interface Slot {
  /** Rises with each binding that is written, so the order of fields is that of the last changes. */
  readonly field: number;
  readonly binding: Binding;
}

/** What Redis holds of an address of record: fields and values, alternately. */
export type Fields = readonly string[];

/** The hash of an address of record, as it was seen. */
export interface Stored {
  /** The value of the version field; empty when there is no hash. */
  readonly version: string;
  /** Until when nothing of it has to be looked at, as it was told to the index; milliseconds since 1970. */
  readonly due: number;
  readonly slots: readonly Slot[];
}

export const nothingStored: Stored = { version: '', due: Number.POSITIVE_INFINITY, slots: [] };

const versionField = 'v';

export function readStored(fields: Fields): Stored {
  const slots: Slot[] = [];
  let version = '';
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [field, value] = [fields[index] as string, fields[index + 1] as string];
    const binding = field === versionField ? undefined : unpackBinding(value);
    if (field === versionField) version = value;
    if (binding) slots.push({ field: Number(field), binding });
  }
  if (version === '') return nothingStored;
  const due = Number.parseInt(version.slice(version.indexOf(' ') + 1), 36);
  return { version, due, slots: slots.sort((a, b) => a.field - b.field) };
}

export function bindingsOf({ slots }: Stored): Binding[] {
  return slots.map(({ binding }) => binding);
}

/** What has to be written so that the hash holds other bindings. */
export interface Rewrite {
  readonly next: Stored;
  readonly removed: readonly number[];
  readonly added: readonly Slot[];
}

/** `token` was never given to another version of anything. */
export function rewrite(stored: Stored, bindings: readonly Binding[], due: number, token: string): Rewrite {
  const kept = stored.slots.filter(({ binding }) => bindings.includes(binding));
  const removed = stored.slots.filter((slot) => !kept.includes(slot)).map(({ field }) => field);
  const before = kept.map(({ binding }) => binding);
  const first = (stored.slots.at(-1)?.field ?? 0) + 1;
  const added = bindings
    .filter((binding) => !before.includes(binding))
    .map((binding, index) => ({ field: first + index, binding }));
  if (bindings.length === 0) return { next: nothingStored, removed, added };
  const version = `${token} ${due.toString(36)}`;
  return { next: { version, due, slots: [...kept, ...added] }, removed, added };
}

/** As the hash would be read. */
export function fieldsOf({ version, slots }: Stored): Fields {
  if (version === '') return [];
  return [versionField, version, ...slots.flatMap(pairOf)];
}

export function pairOf({ field, binding }: Slot): [string, string] {
  return [String(field), packBinding(binding)];
}
