import { headerLine } from './edit.ts';

/** What a new request is made of. */
export interface RequestContent {
  readonly method: string;
  readonly uri: string;
  /** In order; Via first. Content-Length is added. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** Writes a request that this process originates (RFC 3261 §8.1.1). */
export function composeRequest(content: RequestContent): string {
  const body = content.body ?? '';
  let out = `${content.method} ${content.uri} SIP/2.0\r\n`;
  for (const [name, value] of content.headers) out += headerLine(name, value);
  return `${out}Content-Length: ${body.length}\r\n\r\n${body}`;
}
