import type { TraceBatch } from '@tandem/platform';
import { parseMessage, parseUri, SipRequest } from '@tandem/sip';

/** Whether somebody has a part in what was seen of a call: `1001`, or `1001@acme.example`. */
export function concerns({ entries }: TraceBatch, user: string): boolean {
  return entries.some(
    (entry) => entry.kind === 'message' && partiesOf(entry.text).some((uri) => is(uri, user)),
  );
}

function partiesOf(text: string): string[] {
  const message = parseMessage(text);
  if (message instanceof Error) return [];
  try {
    const target = message instanceof SipRequest ? [message.uri] : [];
    return [message.from.uri, message.to.uri, ...target];
  } catch {
    return [];
  }
}

function is(text: string, wanted: string): boolean {
  const uri = parseUri(text);
  if (!uri || uri.scheme === 'tel') return text === `tel:${wanted}`;
  return uri.user === wanted || `${uri.user}@${uri.host}` === wanted;
}
