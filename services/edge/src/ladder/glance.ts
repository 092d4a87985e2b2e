const callIdLine = /^(?:Call-ID|i)[ \t]*:([^\r\n]*)/im;
const cseqLine = /^CSeq[ \t]*:[ \t]*(\d+[ \t]+\S+)/im;

/** The Call-ID of a message that we have written; far less work than to parse it. */
export function sipCallIdOf(text: string): string {
  return usual(text, '\r\nCall-ID: ') ?? callIdLine.exec(text)?.[1]?.trim() ?? '';
}

/** The method of a message that we have written. */
export function methodOf(text: string): string {
  if (!text.startsWith('SIP/2.0')) return text.slice(0, text.indexOf(' '));
  const cseq = cseqOf(text);
  return cseq.slice(cseq.lastIndexOf(' ') + 1);
}

/** The number in the CSeq of a message that we have written. */
export function numberOf(text: string): number {
  return Number.parseInt(cseqOf(text), 10);
}

function cseqOf(text: string): string {
  return usual(text, '\r\nCSeq: ') ?? cseqLine.exec(text)?.[1] ?? '';
}

/** The value of a header that is written as nearly everybody does. */
function usual(text: string, name: string): string | undefined {
  const at = text.indexOf(name);
  if (at < 0) return undefined;
  const begin = at + name.length;
  return text.slice(begin, text.indexOf('\r\n', begin));
}
