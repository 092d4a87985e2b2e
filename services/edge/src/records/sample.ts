import type { CallRecord } from '@tandem/platform';
import { sampleCall } from '@tandem/platform/compliance';

/** A call of which nothing is known yet but that it began, as tests need it. */
export function record(id: string, changes: Partial<CallRecord> = {}): CallRecord {
  const begun = {
    mediaSession: 'media-1.7',
    target: '',
    calleeIdentity: '',
    route: [],
    codec: '',
    dialog: {},
  };
  return sampleCall({ id, ...begun, ...changes });
}
