import { Fault } from '../fault.ts';
import { unsafeValue } from '../faults.ts';
import { isToken } from './characters.ts';
import { headerLine, safeRequestUri } from './header-line.ts';
import { excerpt } from './message.ts';

/** What a new request is made of. */
export interface RequestContent {
  readonly method: string;
  readonly uri: string;
  /** In order; Via first. Content-Length is added. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** Writes a request that this process originates (RFC 3261 §8.1.1), as latin1. */
export function composeRequest(content: RequestContent): string {
  const { method, uri, headers, body = '' } = content;
  if (!isToken(method)) throw new Fault(unsafeValue, `method ${excerpt(method)}`);
  let out = `${method} ${safeRequestUri(uri)} SIP/2.0\r\n`;
  for (const [name, value] of headers) out += headerLine(name, value);
  return `${out}Content-Length: ${body.length}\r\n\r\n${body}`;
}
