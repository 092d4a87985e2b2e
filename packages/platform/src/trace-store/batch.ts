import type { TraceBatch, TraceEntry } from './trace-store.ts';

/** An entry in the head of a batch: of a message only its length is there, its octets follow behind the head. */
type Headed = Omit<TraceEntry, 'text'> & { readonly text?: string; readonly length?: number };
type Head = Omit<TraceBatch, 'entries'> & { readonly entries: readonly Headed[] };

const lineFeed = 10;

/** A line of JSON, then the messages as they are: what is only passed on is neither quoted nor parsed. */
export function encodeBatch({ entries, ...batch }: TraceBatch): Uint8Array {
  const head: Head = { ...batch, entries: entries.map(headOf) };
  const texts = entries.map((entry) => (entry.kind === 'message' ? entry.text : '')).join('');
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), Buffer.from(texts, 'latin1')]);
}

/** Undefined for what is no batch. */
export function decodeBatch(payload: Uint8Array): TraceBatch | undefined {
  const octets = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const end = octets.indexOf(lineFeed);
  try {
    const { entries, ...batch } = JSON.parse(octets.toString('utf8', 0, end)) as Head;
    const texts = new Texts(octets, end + 1);
    return { ...batch, entries: entries.map((entry) => withText(entry, texts)) };
  } catch {
    return undefined;
  }
}

function headOf(entry: TraceEntry): Headed {
  if (entry.kind === 'note') return entry;
  const { text, ...rest } = entry;
  return { ...rest, length: text.length };
}

function withText({ length, ...entry }: Headed, texts: Texts): TraceEntry {
  return (entry.kind === 'note' ? entry : { ...entry, text: texts.next(length ?? 0) }) as TraceEntry;
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
