import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Reading, readDocument } from './document.ts';
import type { Source } from './folder.ts';
import { type Located, problemAt } from './located.ts';
import type { Problem } from './problem.ts';
import { resourcePath } from './resource.ts';
import { splitDocuments } from './split.ts';

/**
 * What documents turned out to be, by the hash of their text: reading a document takes about 0.15 ms, finding it
 * here a few microseconds. Holds the documents of the last reading only.
 */
export type DocumentCache = Map<string, Reading>;

/** How long reading may hold the event loop. */
const turnMs = 5;

/** All documents of some texts, each checked by itself. */
export interface ReadDocuments {
  readonly located: readonly Located[];
  readonly problems: readonly Problem[];
  /** The same for the same documents in the same order. */
  readonly version: string;
}

export async function readDocuments(
  sources: readonly Source[],
  cache: DocumentCache,
): Promise<ReadDocuments> {
  const located: Located[] = [];
  const problems: Problem[] = [];
  const used: DocumentCache = new Map();
  let turnEnds = await takeTurns();
  for (const { path: file, text: content, holds } of sources) {
    const pieces = [...splitDocuments(content)];
    if (holds !== undefined && pieces.length !== 1) problems.push(notOne(file, pieces.length));
    for (const { text, line } of pieces) {
      const key = hash('sha256', text, 'base64');
      const reading = cache.get(key) ?? readDocument(flat(text));
      // Calls go on while a large folder is read.
      if (performance.now() > turnEnds) turnEnds = await takeTurns();
      used.set(key, reading);
      for (const found of reading.problems ?? []) problems.push({ ...found, file, line: found.line + line });
      if (!reading.resource) continue;
      const found = { resource: reading.resource, file, line, text };
      located.push(found);
      const path = resourcePath(found.resource);
      if (holds !== undefined && path !== holds) problems.push(misplaced(found, path));
    }
  }
  cache.clear();
  for (const [key, reading] of used) cache.set(key, reading);
  return { located, problems, version: hash('sha256', [...used.keys()].join(), 'hex').slice(0, 12) };
}

function notOne(file: string, count: number): Problem {
  return { file, line: 1, subject: '?/?', field: '', problem: `must hold one document, not ${count}` };
}

function misplaced(at: Located, path: string): Problem {
  return problemAt(at, ['metadata', 'name'], `is stored in the place of another: this is ${path}`);
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
