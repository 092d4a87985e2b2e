import { etcd as api } from '@tandem/contract';
import type { Etcd } from './etcd.ts';
import { range, transact } from './method.ts';

/** What is stored under a key. */
export interface Entry {
  readonly value: string;
  /** When it was last written, in revisions of the whole store. */
  readonly revision: number;
}

/** All keys with a prefix at one moment. */
export interface Listing {
  readonly entries: ReadonlyMap<string, Entry>;
  /** The revision of the store at that moment. */
  readonly revision: number;
}

/** What has to be so for a transaction to be made. */
export type Guard =
  | { readonly key: string; readonly value: string }
  /** Revision 0: it must not be there. */
  | { readonly key: string; readonly revision: number }
  /** Nothing with the prefix may have been written since; removals do not show. */
  | { readonly prefix: string; readonly notSince: number };

/** One change of a transaction; without a value the key is removed. */
export interface Write {
  readonly key: string;
  readonly value?: string;
  readonly lease?: number;
}

const pageSize = 2_000;

/** What comes after all keys with a prefix. */
export function endOfPrefix(prefix: string): string {
  const last = prefix.length - 1;
  return prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1);
}

export async function get(etcd: Etcd, key: string): Promise<Entry | undefined> {
  const { kvs } = await etcd.call(range, { key, rangeEnd: '', limit: 1, revision: 0 });
  return kvs[0] && entryOf(kvs[0]);
}

/** All keys with a prefix, in order. */
export async function list(etcd: Etcd, prefix: string): Promise<Listing> {
  const entries = new Map<string, Entry>();
  const rangeEnd = endOfPrefix(prefix);
  let revision = 0;
  for (let key: string | undefined = prefix; key !== undefined; ) {
    const page: api.RangeResponse = await etcd.call(range, { key, rangeEnd, limit: pageSize, revision });
    for (const pair of page.kvs) entries.set(pair.key, entryOf(pair));
    // All pages are of the moment of the first.
    revision ||= page.header?.revision ?? 0;
    key = page.more ? `${page.kvs.at(-1)!.key}\0` : undefined;
  }
  return { entries, revision };
}

/** Makes all changes at once if all guards hold. Returns the revision, or undefined when one does not. */
export async function commit(
  etcd: Etcd,
  guards: readonly Guard[],
  writes: readonly Write[],
): Promise<number | undefined> {
  const request = { compare: guards.map(compareOf), success: writes.map(operationOf), failure: [] };
  const { succeeded, header } = await etcd.call(transact, request);
  return succeeded ? (header?.revision ?? 0) : undefined;
}

export function entryOf({ value, modRevision }: api.KeyValue): Entry {
  return { value, revision: modRevision };
}

function compareOf(guard: Guard): api.Compare {
  const { EQUAL, LESS } = api.Compare_Result;
  const { MOD, VALUE } = api.Compare_Target;
  if ('prefix' in guard) {
    const { prefix, notSince } = guard;
    const operand = { $case: 'modRevision', value: notSince + 1 } as const;
    return { result: LESS, target: MOD, key: prefix, rangeEnd: endOfPrefix(prefix), operand };
  }
  const { key } = guard;
  return 'value' in guard
    ? { result: EQUAL, target: VALUE, key, rangeEnd: '', operand: { $case: 'value', value: guard.value } }
    : {
        result: EQUAL,
        target: MOD,
        key,
        rangeEnd: '',
        operand: { $case: 'modRevision', value: guard.revision },
      };
}

function operationOf({ key, value, lease = 0 }: Write): api.RequestOp {
  return value === undefined
    ? { request: { $case: 'deleteRange', value: { key } } }
    : { request: { $case: 'put', value: { key, value, lease } } };
}
