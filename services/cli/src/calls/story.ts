import type { NoteEntry, TraceBatch } from '@tandem/platform';

/** What is known of one call: how it was decided, how it ended, and what broke it. */
export interface CallStory {
  /** Tandem's ids of it: a call that was challenged first has had one each time. */
  readonly calls: readonly string[];
  readonly callIds: readonly string[];
  /** The last decision of a router with its reasons, line by line. */
  readonly decision: readonly string[];
  /** How it ended; empty while it goes on, or when it was refused. */
  readonly end: readonly string[];
  /** What broke it, in order of time; none where nothing did. */
  readonly diagnoses: readonly Diagnosis[];
}

/** One layer, one object. */
export interface Diagnosis {
  readonly layer: string;
  readonly object: string;
  readonly code: string;
  readonly status?: number | undefined;
  /** A cause of Q.850. */
  readonly cause?: number | undefined;
  /** What does not arrive: `from_caller`, `from_callee` or `both`. */
  readonly direction?: string | undefined;
  readonly evidence: readonly string[];
  readonly hint: string;
}

/** Puts together what the nodes have noted of a call. */
export function storyOf(batches: readonly TraceBatch[]): CallStory {
  const notes = batches
    .flatMap(({ entries }) => entries.filter((entry) => entry.kind === 'note'))
    .sort((one, other) => one.at - other.at);
  const lines = (part: string, ...first: string[]): string[] => {
    const isSought = (note: NoteEntry): boolean =>
      note.part === part && first.some((word) => note.text.startsWith(word));
    return notes.findLast(isSought)?.text.split('\n') ?? [];
  };
  return {
    calls: named(batches.map(({ call }) => call)),
    callIds: named(batches.map(({ callId }) => callId)),
    // Routers are asked for credentials as well.
    decision: lines('router', 'relay', 'refuse', 'challenge'),
    end: lines('call', 'ended'),
    diagnoses: diagnosesIn(notes),
  };
}

function named(ids: readonly string[]): string[] {
  return [...new Set(ids)].filter(Boolean);
}

/** What was told while a call was up is told again at its end. */
function diagnosesIn(notes: readonly NoteEntry[]): Diagnosis[] {
  const texts = notes.filter(({ part }) => part === 'diagnosis').map(({ text }) => text);
  return [...new Set(texts)].map(read);
}

function read(text: string): Diagnosis {
  const fields = text.split('\n').map((line) => {
    const at = line.indexOf(': ');
    return [line.slice(0, at), line.slice(at + 2)] as const;
  });
  const [known, evidence] = [new Map(fields), fields.filter(([name]) => name === 'evidence')];
  const number = (name: string): number | undefined =>
    Number.parseInt(known.get(name) ?? '', 10) || undefined;
  return {
    layer: known.get('layer') ?? '',
    object: known.get('object') ?? '',
    code: known.get('code') ?? '',
    status: number('status'),
    cause: number('cause'),
    direction: known.get('direction'),
    evidence: evidence.map(([, value]) => value),
    hint: known.get('hint') ?? '',
  };
}
