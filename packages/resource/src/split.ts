/** One document of a YAML stream: its text, and the line of the file on which the text begins, from 1. */
export interface Piece {
  readonly text: string;
  readonly line: number;
}

/**
 * Cuts a stream at its `---` lines. A marker at the start of a line ends a document wherever it stands, even in a
 * block of text (YAML 1.2.2 §9.1.2), so documents can be cut, and remembered, without being understood.
 */
export function* splitDocuments(stream: string): IterableIterator<Piece> {
  let line = 1;
  for (let start = 0; start < stream.length; ) {
    const end = nextMarker(stream, start);
    const text = stream.slice(start, end);
    if (!isEmpty(text)) yield { text, line };
    line += text.split('\n').length - 1;
    start = end;
  }
}

/** Where the next document begins, or the end of the stream. */
function nextMarker(stream: string, from: number): number {
  let at = stream.indexOf('\n---', from);
  while (at !== -1 && /\S/.test(stream.charAt(at + 4))) at = stream.indexOf('\n---', at + 1);
  return at === -1 ? stream.length : at + 1;
}

/** Only a marker, blank lines and comments. */
function isEmpty(text: string): boolean {
  return text.split('\n').every((line) => /^(?:---)?\s*(?:#.*)?$/.test(line));
}
