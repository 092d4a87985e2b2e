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

/** How long reading may hold the event loop. */
const turnMs = 5;

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
  let turnEnds = await takeTurns();
  for (const { path: file, text: content } of await readFolder(folder)) {
    for (const { text, line } of splitDocuments(content)) {
      const key = hash('sha256', text, 'base64');
      const reading = cache.get(key) ?? readDocument(flat(text));
      // Calls go on while a large folder is read.
      if (performance.now() > turnEnds) turnEnds = await takeTurns();
      used.set(key, reading);
      for (const found of reading.problems ?? []) problems.push({ ...found, file, line: found.line + line });
      if (reading.resource) located.push({ resource: reading.resource, file, line, text });
    }
  }
  cache.clear();
  for (const [key, reading] of used) cache.set(key, reading);
  return { located, problems, version: hash('sha256', [...used.keys()].join(), 'hex').slice(0, 12) };
}

/** Lets others have the event loop; returns until when it is ours again. */
async function takeTurns(): Promise<number> {
  await nextTurn();
  return performance.now() + turnMs;
}

/** A copy: what is kept of a document must not keep the text of its whole file. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}
