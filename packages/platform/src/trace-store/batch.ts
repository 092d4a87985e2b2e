import type { TraceBatch, TraceEntry } from './trace-store.ts';

/** What all messages of a batch between two addresses have in common: transport, local, peer. */
type Way = readonly [transport: string, local: string, peer: string];
/** Of a message only its length is here: its octets follow behind the head. */
type HeadMessage = readonly [at: number, received: 0 | 1, way: number, length: number];
type HeadNote = readonly [at: number, part: string, text: string];

interface Head {
  readonly node: string;
  readonly callId: string;
  readonly call: string;
  readonly ways: readonly Way[];
  readonly entries: readonly (HeadMessage | HeadNote)[];
}

const lineFeed = 10;

/**
 * Writes a batch: a line of JSON, then the messages as they are. What is only passed on is neither quoted nor parsed, for
 * this is done for every call.
 */
export class BatchWriter {
  readonly #ways: Way[] = [];
  readonly #entries: (HeadMessage | HeadNote)[] = [];
  readonly #texts: string[] = [];
  #length = 0;

  /** The number of a way, to be given with its messages. */
  way(transport: string, local: string, peer: string): number {
    return this.#ways.push([transport, local, peer]) - 1;
  }

  message(at: number, received: boolean, way: number, text: string): void {
    this.#entries.push([at, received ? 1 : 0, way, text.length]);
    this.#texts.push(text);
    this.#length += text.length;
  }

  note(at: number, part: string, text: string): void {
    this.#entries.push([at, part, text]);
  }

  finish({ node, callId, call }: Pick<TraceBatch, 'node' | 'callId' | 'call'>): Uint8Array {
    const head: Head = { node, callId, call, ways: this.#ways, entries: this.#entries };
    const line = `${JSON.stringify(head)}\n`;
    const octets = Buffer.allocUnsafe(Buffer.byteLength(line) + this.#length);
    let at = octets.write(line);
    for (const text of this.#texts) at += octets.write(text, at, 'latin1');
    return octets;
  }
}

/** A batch as it is told on the bus. */
export function encodeBatch({ entries, ...named }: TraceBatch): Uint8Array {
  const writer = new BatchWriter();
  for (const entry of entries) {
    if (entry.kind === 'note') writer.note(entry.at, entry.part, entry.text);
    else {
      const { at, direction, local, peer, text, transport } = entry;
      writer.message(at, direction === 'received', writer.way(transport, local, peer), text);
    }
  }
  return writer.finish(named);
}

/** Undefined for what is no batch. */
export function decodeBatch(payload: Uint8Array): TraceBatch | undefined {
  const octets = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const end = octets.indexOf(lineFeed);
  try {
    const { node, callId, call, ...head } = JSON.parse(octets.toString('utf8', 0, end)) as Head;
    const texts = new Texts(octets, end + 1);
    return { node, callId, call, entries: head.entries.map((entry) => entryOf(entry, head.ways, texts)) };
  } catch {
    return undefined;
  }
}

function entryOf(entry: HeadMessage | HeadNote, ways: readonly Way[], texts: Texts): TraceEntry {
  const [at] = entry;
  if (entry.length === 3) return { kind: 'note', at, part: entry[1], text: entry[2] };
  const [, received, way, length] = entry;
  const [transport, local, peer] = ways[way]!;
  const direction = received === 1 ? 'received' : 'sent';
  return { kind: 'message', at, direction, transport, local, peer, text: texts.next(length) };
}

/** Hands out one text after the other. */
class Texts {
  readonly #octets: Buffer;
  #at: number;

  constructor(octets: Buffer, at: number) {
    this.#octets = octets;
    this.#at = at;
  }

  next(length: number): string {
    this.#at += length;
    return this.#octets.toString('latin1', this.#at - length, this.#at);
  }
}
