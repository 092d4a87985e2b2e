import { randomBytes } from 'node:crypto';
import { Message } from '../harness/message.ts';

/** Header lines by name: a list for several lines of one name, undefined for none at all. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Writes a message as a test wants it. Content-Length is right unless it is among the headers. */
export function write(start: string, headers: Headers, body = ''): Message {
  const all: Headers = { 'Content-Length': String(body.length), ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((each) => `${name}: ${each}`),
  );
  return new Message([start, ...lines, '', body].join('\r\n'));
}

/** A text that was never used before, for a branch, a tag or a Call-ID. */
export function fresh(): string {
  return randomBytes(6).toString('hex');
}
