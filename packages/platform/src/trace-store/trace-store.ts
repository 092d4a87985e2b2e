import { digest } from '../bus/event.ts';

/** A SIP message as it passed a socket of a node, without credentials. */
export interface MessageEntry {
  readonly kind: 'message';
  /** In milliseconds since 1970 UTC, by the node's clock. */
  readonly at: number;
  readonly direction: 'received' | 'sent';
  readonly transport: string;
  /** `host:port` of the node's own end, and of the other one. */
  readonly local: string;
  readonly peer: string;
  /** All of it, in latin1. */
  readonly text: string;
}

/** What a node did or was told, in words. */
export interface NoteEntry {
  readonly kind: 'note';
  /** In milliseconds since 1970 UTC, by the node's clock. */
  readonly at: number;
  /** Whose doing it is: `router`, `media`, `call`. */
  readonly part: string;
  /** A line, and more lines for its reasons. */
  readonly text: string;
}

/** One thing that a node saw of a call. */
export type TraceEntry = MessageEntry | NoteEntry;

/** What one node saw of a call for a while. */
export interface TraceBatch {
  readonly node: string;
  /** The SIP Call-ID; empty when only Tandem's id is known. */
  readonly callId: string;
  /** Tandem's id of the call; empty when it is not known (yet). */
  readonly call: string;
  /** In the order in which it happened. */
  readonly entries: readonly TraceEntry[];
}

/**
 * What was seen of calls in the last 24 hours, or of as many as there is room for. It is told on the bus, on
 * {@link traceSubject}, and kept by whoever has this store.
 */
export interface TraceStore {
  /** The batches that were published on a subject, which may have wildcards, in order. What cannot be read is left out. */
  find(subject: string): Promise<readonly TraceBatch[]>;
}

/** How long a trace is kept, in milliseconds. */
export const traceLifetimeMs: number = 24 * 60 * 60_000;

/** All traces, to subscribe to. */
export const allTraces = 'tandem.*.trace.>';

const unknown = '-';

/** Where a batch is published: `tandem.<region>.trace.<token of the Call-ID>.<Tandem's id>`. */
export function traceSubject(region: string, { callId, call }: Pick<TraceBatch, 'callId' | 'call'>): string {
  return `tandem.${region}.trace.${callId === '' ? unknown : digest(callId)}.${call || unknown}`;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Call-IDs and ids that one look-up follows. */
const maxLinks = 16;

/** All that is kept of a call, by its SIP Call-ID or by Tandem's id: the batches of each node in order. */
export async function readTrace(store: TraceStore, id: string): Promise<TraceBatch[]> {
  const links = [`tandem.*.trace.${digest(id)}.*`];
  if (uuid.test(id)) links.push(`tandem.*.trace.*.${id.toLowerCase()}`);
  const found = new Map<string, TraceBatch>();
  for (let next = 0; next < Math.min(links.length, maxLinks); next++) {
    for (const batch of await store.find(links[next]!)) {
      found.set(JSON.stringify(batch), batch);
      for (const link of linksOf(batch)) if (!links.includes(link)) links.push(link);
    }
  }
  return [...found.values()].filter(({ callId, call }) => callId !== '' || call !== '');
}

function linksOf({ callId, call }: TraceBatch): string[] {
  return [
    ...(callId === '' ? [] : [`tandem.*.trace.${digest(callId)}.*`]),
    ...(call === '' ? [] : [`tandem.*.trace.*.${call}`]),
  ];
}
