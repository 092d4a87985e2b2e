import { randomUUID } from 'node:crypto';
import type { CallRecord } from './call-store.ts';

/** A call that rings at edge-1, as tests need it. */
export function sampleCall(changes: Partial<CallRecord> = {}): CallRecord {
  return {
    id: randomUUID(),
    sipCallId: 'a84b4c76e66710@pc33.example',
    tenant: 'acme',
    caller: '1001@acme',
    callee: 'sip:1002@acme.example',
    node: 'edge-1',
    startedMs: 1,
    answeredMs: 0,
    state: 'ringing',
    mediaSession: 'media-1.42',
    target: 'sip:1002@192.0.2.7:5060',
    calleeIdentity: '1002@acme',
    route: ['sip:1002@192.0.2.7:5060'],
    limits: ['tenant/acme'],
    codec: 'PCMU/8000',
    mediaMoves: 0,
    dialog: { routes: ['sip:192.0.2.1;lr'], cseq: 1, text: 'ñ"\\\n' },
    ...changes,
  };
}
