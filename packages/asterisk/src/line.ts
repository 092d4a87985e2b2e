import { maxCommentDepth, maxLine } from './caps.ts';

/** A line that says something, without comments. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** What is wrong with it; it is not to be read then. */
  readonly problem?: string;
}

/** The lines of a file that say something. A block comment that never ends hides the rest, and is told of as a line. */
export function* linesOf(text: string): Iterable<Line> {
  const comments = new Comments();
  let number = 0;
  let begun = 0;
  for (const written of text.replace(/^\uFEFF/, '').split('\n')) {
    number++;
    if (written.length > maxLine) {
      yield { number, text: '', problem: `is longer than ${maxLine} characters` };
      continue;
    }
    const before = comments.depth;
    const said = comments.without(written).trim();
    if (before === 0 && comments.depth > 0) begun = number;
    if (said !== '') yield { number, text: said };
  }
  if (comments.depth > 0) yield { number: begun, text: '', problem: 'begins a comment that never ends' };
}

/** Takes comments out of lines: `;` to the end, `;-- … --;` over several lines and within each other. */
class Comments {
  depth = 0;

  without(line: string): string {
    let said = '';
    let from = 0;
    for (let at = line.indexOf(';'); at >= 0; at = line.indexOf(';', from)) {
      const open = this.depth === 0;
      if (at > 0 && line[at - 1] === '\\') {
        // An escaped semicolon is one that is meant.
        if (open) said += `${line.slice(from, at - 1)};`;
        from = at + 1;
      } else if (this.#opens(line, at)) {
        if (open) said += line.slice(from, at);
        this.depth = Math.min(this.depth + 1, maxCommentDepth);
        from = at + 3;
      } else if (!open && line.slice(at - 2, at) === '--' && at - 2 >= from) {
        this.depth--;
        from = at + 1;
      } else if (open) {
        return said + line.slice(from, at);
      } else {
        from = at + 1;
      }
    }
    return this.depth === 0 ? said + line.slice(from) : said;
  }

  /** `;--`, but not `;---`, which is an ornament. */
  #opens(line: string, at: number): boolean {
    return line.startsWith('--', at + 1) && line[at + 3] !== '-';
  }
}
