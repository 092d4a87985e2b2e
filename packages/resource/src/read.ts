import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Reading, readDocument } from './document.ts';
import { readFolder } from './folder.ts';
import type { Located } from './located.ts';
import type { Problem } from './problem.ts';
import { splitDocuments } from './split.ts';

/**
 * What documents turned out to be, by the hash of their text: reading a document takes about 0.15 ms, finding it
 * here a few microseconds. Holds the documents of the last reading only.
 */
export type DocumentCache = Map<string, Reading>;

/** All documents of a folder, each checked by itself. */
export interface ReadDocuments {
  readonly located: readonly Located[];
  readonly problems: readonly Problem[];
  /** The same for the same documents in the same order. */
  readonly version: string;
}

export async function readDocuments(folder: string, cache: DocumentCache): Promise<ReadDocuments> {
  const located: Located[] = [];
  const problems: Problem[] = [];
  const used: DocumentCache = new Map();
  for (const { path: file, text: content } of await readFolder(folder)) {
    for (const { text, line } of splitDocuments(content)) {
      const key = hash('sha256', text, 'base64');
      const reading = cache.get(key) ?? (await readInTurn(text));
      used.set(key, reading);
      for (const found of reading.problems ?? []) problems.push({ ...found, file, line: found.line + line });
      if (reading.resource) located.push({ resource: reading.resource, file, line, text });
    }
  }
  cache.clear();
  for (const [key, reading] of used) cache.set(key, reading);
  return { located, problems, version: hash('sha256', [...used.keys()].join(), 'hex').slice(0, 12) };
}

/** One document a turn of the event loop: calls go on while a large folder is read. */
async function readInTurn(text: string): Promise<Reading> {
  await nextTurn();
  // A copy: what is kept of the document must not keep the text of its whole file.
  return readDocument(Buffer.from(text).toString());
}
