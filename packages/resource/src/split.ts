/** One document of a YAML stream: its text, and the line of the file on which the text begins, from 1. */
export interface Piece {
  readonly text: string;
  readonly line: number;
}

/**
 * Cuts a stream at its `---` lines. A marker at the start of a line ends a document wherever it stands, even in a
 * block of text (YAML 1.2.2 §9.1.2), so documents can be cut, and remembered, without being understood.
 */
export function splitDocuments(text: string): Piece[] {
  const pieces: Piece[] = [];
  let line = 1;
  for (const part of text.split(/^(?=---(?:\s|$))/m)) {
    if (!isEmpty(part)) pieces.push({ text: part, line });
    line += part.split('\n').length - 1;
  }
  return pieces;
}

/** Only a marker, blank lines and comments. */
function isEmpty(part: string): boolean {
  return part.split('\n').every((line) => /^(?:---)?\s*(?:#.*)?$/.test(line));
}
