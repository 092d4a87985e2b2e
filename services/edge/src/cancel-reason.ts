import type { CancelReason } from '@tandem/sip';

/** What the Reason header of a CANCEL says (RFC 3326 §2). */
export const cancelReasons: Readonly<Record<CancelReason, string>> = {
  'answered-elsewhere': 'SIP;cause=200;text="Call completed elsewhere"',
  'declined-elsewhere': 'SIP;cause=603;text="Declined"',
  'ring-timeout': 'SIP;cause=408;text="Nobody answered"',
  'caller-cancelled': 'SIP;cause=487;text="Caller cancelled"',
  abandoned: 'SIP;cause=503;text="The switch is shutting down"',
};
