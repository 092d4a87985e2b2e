import type { TraceBatch } from '@tandem/platform';
import type { DryRun } from '@tandem/router';
import { bareHost, headerId, parseMessage, SipRequest } from '@tandem/sip';

/** A call as it came: what a decision goes by. */
export interface RecordedCall extends DryRun {
  /** The SIP Call-ID. */
  readonly callId: string;
  /** In milliseconds since 1970 UTC. */
  readonly at: number;
}

/**
 * The calls that began in traces, as `tandem trace -o json` writes them, each once: of an INVITE that came several times,
 * for it was challenged or went from edge to edge, the last one that came from outside the dialog first.
 */
export function recordedCalls(batches: Iterable<TraceBatch>): RecordedCall[] {
  const calls = new Map<string, RecordedCall & { readonly cseq: number }>();
  for (const { entries } of batches) {
    for (const entry of entries) {
      if (entry.kind !== 'message' || entry.direction !== 'received') continue;
      const invite = entry.text.startsWith('INVITE ') ? parseMessage(entry.text) : undefined;
      if (!(invite instanceof SipRequest) || invite.to.params.has('tag')) continue;
      const { callId } = invite;
      const { number: cseq } = invite.cseq;
      const known = calls.get(callId);
      if (known && (known.cseq > cseq || (known.cseq === cseq && known.at <= entry.at))) continue;
      const [source, local] = [entry.peer, entry.local].map(hostOf);
      const facts = {
        callId,
        from: invite.value('From') ?? '',
        to: invite.value('To') ?? '',
        headers: invite.fieldsExcept(plain, told),
      };
      const ownHosts = [local!];
      const call = { callId, at: entry.at, from: invite.from.uri, to: invite.uri, source, ownHosts, facts };
      calls.set(callId, { ...call, cseq });
    }
  }
  return [...calls.values()].sort((a, b) => a.at - b.at);
}

/** Headers by which no policy goes. */
const plain: ReadonlySet<number> = new Set(
  (
    [
      'Via',
      'From',
      'To',
      'Call-ID',
      'CSeq',
      'Contact',
      'Route',
      'Record-Route',
      'Supported',
      'Allow',
    ] as const
  ).map(headerId),
);
/** As many as a router is told of. */
const told = 32;

/** `host:port` without its port, and without brackets. */
function hostOf(address: string): string {
  return bareHost(address.slice(0, address.lastIndexOf(':')));
}
