import { Fault } from '../fault.ts';
import { unsafeValue } from '../faults.ts';
import { isToken, isUriText } from './characters.ts';
import { excerpt } from './message.ts';

/** One header as a line with its CRLF. Throws a Fault when the value would begin another line. */
export function headerLine(name: string, value: string): string {
  if (!isToken(name)) throw new Fault(unsafeValue, `header name ${excerpt(name)}`);
  return `${name}: ${safeValue(name, value)}\r\n`;
}

/**
 * Refuses what would begin a new line or end a string in the next hop, or would become that as an octet. A NUL that is
 * escaped as in a quoted string may come from the wire and goes on as it came.
 */
export function safeValue(name: string, value: string): string {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    const isUnsafe =
      code === 13 || code === 10 || code > 255 || (code === 0 && value.charCodeAt(i - 1) !== 92);
    if (isUnsafe) throw new Fault(unsafeValue, `${name}: character ${code} at ${i}`);
  }
  return value;
}

/** Refuses a Request-URI that would break the request line in two. */
export function safeRequestUri(uri: string): string {
  if (uri === '' || !isUriText(uri)) throw new Fault(unsafeValue, `Request-URI ${excerpt(uri)}`);
  return uri;
}
