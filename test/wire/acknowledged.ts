import type { Message } from '../harness/message.ts';

/** The ACK of a refusal (RFC 3261 §17.1.1.3), however odd the INVITE was. Its Via is that of the INVITE, as it was sent. */
export function acknowledged(invite: string, { text }: Message): string {
  const [, uri] = invite.split(' ');
  return text
    .replace(/^SIP\/2\.0 .*/, `ACK ${uri} SIP/2.0`)
    .replace(/;received=[\d.]+/, '')
    .replace(/^(CSeq\s*:\s*\d+\s+)INVITE/im, '$1ACK');
}
