const COMPACT = new Map([
  ['call-id', 'i'],
  ['contact', 'm'],
  ['content-length', 'l'],
  ['content-type', 'c'],
  ['from', 'f'],
  ['to', 't'],
  ['via', 'v'],
]);

/** A SIP message as a test sees it. It is not read by the code under test, so that both cannot be wrong alike. */
export class Message {
  readonly text: string;
  readonly #lines: readonly string[];

  constructor(text: string) {
    this.text = text;
    this.#lines = text.slice(0, headEnd(text)).split('\r\n');
  }

  /** The request line or the status line. */
  get start(): string {
    return this.#lines[0] ?? '';
  }

  get body(): string {
    return this.text.slice(headEnd(this.text) + 4);
  }

  /** Every value of a header, from the top, compact forms as well. */
  headers(name: string): string[] {
    const names = [name.toLowerCase(), COMPACT.get(name.toLowerCase())];
    return this.#lines
      .slice(1)
      .map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line] as const)
      .filter(([key]) => names.includes(key))
      .map(([, line]) => line.slice(line.indexOf(':') + 1).trim());
  }

  /** The first value of a header, empty when there is none. */
  header(name: string): string {
    return this.headers(name)[0] ?? '';
  }
}

/** The messages in a stream, RFC 3261 section 18.3, and what is left of it. */
export function split(stream: string): { messages: Message[]; rest: string } {
  const messages: Message[] = [];
  let rest = skipKeepAlives(stream);
  for (let length = messageLength(rest); length <= rest.length; length = messageLength(rest)) {
    messages.push(new Message(rest.slice(0, length)));
    rest = skipKeepAlives(rest.slice(length));
  }
  return { messages, rest };
}

function messageLength(stream: string): number {
  const end = stream.indexOf('\r\n\r\n');
  return end < 0
    ? Number.POSITIVE_INFINITY
    : end + 4 + Number(new Message(stream.slice(0, end + 4)).header('Content-Length'));
}

function skipKeepAlives(stream: string): string {
  let at = 0;
  while (stream.startsWith('\r\n', at)) at += 2;
  return stream.slice(at);
}

function headEnd(text: string): number {
  const end = text.indexOf('\r\n\r\n');
  return end < 0 ? text.length : end;
}
