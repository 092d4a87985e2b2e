import type { MessageEntry, TraceBatch } from '@tandem/platform';

/** Midnight in UTC. */
export const midnight = 1_795_219_200_000;

/** A message of call c@h, where a test says no more. */
export function sip(first: string, cseq: string, body = ''): string {
  const type = body && 'Content-Type: application/sdp\r\n';
  return (
    `${first}\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:1001@acme.example>;tag=1\r\n` +
    `To: <sip:1002@acme.example>\r\nCall-ID: c@h\r\nCSeq: 1 ${cseq}\r\n${type}Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** A message that a node has seen, so many milliseconds after midnight. */
export function seen(
  after: number,
  direction: MessageEntry['direction'],
  peer: string,
  text: string,
): MessageEntry {
  const local = '192.0.2.9:5060';
  return { kind: 'message', at: midnight + after, direction, transport: 'udp', local, peer, text };
}

export function batch(node: string, entries: TraceBatch['entries']): TraceBatch {
  return { node, callId: 'c@h', call: '', entries };
}
