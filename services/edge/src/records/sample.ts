import type { CallRecord } from '@tandem/platform';

/** The record of a call that rings at edge-1, as tests need it. */
export function record(id: string, changes: Partial<CallRecord> = {}): CallRecord {
  return {
    id,
    sipCallId: `${id}@phone`,
    tenant: 'acme',
    caller: '',
    callee: 'sip:1002@acme.example',
    node: 'edge-1',
    startedMs: 1,
    answeredMs: 0,
    state: 'ringing',
    mediaSession: 'media-1.7',
    target: '',
    calleeIdentity: '',
    route: [],
    limits: ['tenant/acme'],
    codec: '',
    mediaMoves: 0,
    dialog: {},
    ...changes,
  };
}
