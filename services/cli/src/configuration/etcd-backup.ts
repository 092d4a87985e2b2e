import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { commit, type Entry, type Etcd, get } from '@tandem/platform';
import type { Source } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { backupUnusable } from '../faults.ts';

/** Which backups there are, the newest last. No region has a dot in its name. */
const indexKey = '/tandem/config.backups';
const partPrefix = '/tandem/config.backup/';
/** Characters, which are octets here: etcd takes 1.5 MiB at once. */
const maxPart = 1_000_000;
/** Of one backup: some hundred thousand users. */
const maxParts = 16;

interface Kept {
  /** The time at which it was made. */
  readonly name: string;
  readonly parts: number;
  readonly digest: string;
}

/**
 * Keeps a backup in etcd beside the configuration, with the newest `keep - 1` of those before; once only while nothing has
 * changed. Returns its name.
 */
export async function keepInEtcd(etcd: Etcd, text: string, keep: number, now: Date): Promise<string> {
  const index = await get(etcd, indexKey);
  const known = keptIn(index);
  const digest = createHash('sha256').update(text).digest('hex');
  const newest = known.at(-1);
  if (newest?.digest === digest) return newest.name;
  const parts = partsOf(text);
  const made = { name: now.toISOString().replace(/[-:.]/g, ''), parts: parts.length, digest };
  const kept = [...known, made];
  const writes = parts.map((value, part) => ({ key: partKey(made, part), value }));
  const last = writes.pop()!;
  for (const write of writes) await commit(etcd, [], [write]);
  const listed = { key: indexKey, value: JSON.stringify(kept.slice(-keep)) };
  if (!(await commit(etcd, [{ key: indexKey, revision: index?.revision ?? 0 }], [last, listed]))) {
    throw new Fault(backupUnusable, 'somebody else makes a backup in etcd at this moment');
  }
  for (const old of kept.slice(0, -keep))
    await commit(
      etcd,
      [],
      keysOf(old).map((key) => ({ key })),
    );
  return made.name;
}

/** The backup of that name, or the newest. */
export async function fromEtcd(etcd: Etcd, name?: string): Promise<Source> {
  const known = keptIn(await get(etcd, indexKey));
  const wanted = name === undefined ? known.at(-1) : known.find((each) => each.name === name);
  if (!wanted) {
    const names = known.map((each) => each.name).join(', ') || 'none';
    throw new Fault(backupUnusable, `etcd has no backup ${name ?? ''}; there is: ${names}`);
  }
  const parts = await Promise.all(keysOf(wanted).map((key) => get(etcd, key)));
  const packed = parts.map((part) => part?.value ?? '').join('');
  return { path: `etcd ${wanted.name}`, text: unpack(packed, wanted) };
}

function unpack(packed: string, { name, digest }: Kept): string {
  try {
    const text = gunzipSync(Buffer.from(packed, 'base64')).toString();
    if (createHash('sha256').update(text).digest('hex') === digest) return text;
  } catch {
    // As what follows.
  }
  throw new Fault(backupUnusable, `etcd ${name}: it is not what was written`);
}

function keptIn(index: Entry | undefined): readonly Kept[] {
  return index ? (JSON.parse(index.value) as readonly Kept[]) : [];
}

function partKey({ name }: Kept, part: number): string {
  return `${partPrefix}${name}/${part}`;
}

function keysOf(kept: Kept): string[] {
  return Array.from({ length: kept.parts }, (_, part) => partKey(kept, part));
}

function partsOf(text: string): string[] {
  const packed = gzipSync(text).toString('base64');
  const count = Math.ceil(packed.length / maxPart);
  if (count > maxParts) {
    throw new Fault(backupUnusable, `${packed.length} octets are too many for etcd: name a file by --file`);
  }
  return Array.from({ length: count }, (_, part) => packed.slice(part * maxPart, (part + 1) * maxPart));
}
