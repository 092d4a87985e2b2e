import { checkMessage, Fault, parseMessage, SipRequest, type SipResponse } from '@tandem/sip';

/** What becomes of octets from the wire. */
export type Admission =
  | { readonly kind: 'message'; readonly message: SipRequest | SipResponse }
  /** The request is there when it can be answered. */
  | { readonly kind: 'refused'; readonly fault: Fault; readonly request?: SipRequest };

/**
 * Reads a message and refuses what is malformed (RFC 3261 §16.3 step 1 and §18.3). Costs no state. `known` is what was
 * found to be wrong before.
 */
export function admit(text: string, known?: Fault): Admission {
  const message = parseMessage(text);
  if (message instanceof Fault) return { kind: 'refused', fault: known ?? message };
  const fault = known ?? checkMessage(message);
  if (!fault) return { kind: 'message', message };
  return isAnswerable(message) ? { kind: 'refused', fault, request: message } : { kind: 'refused', fault };
}

/** An ACK is never answered, nor is a request whose Via does not say where to. */
function isAnswerable(message: SipRequest | SipResponse): message is SipRequest {
  if (!(message instanceof SipRequest) || message.method === 'ACK') return false;
  try {
    return message.via !== undefined;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}
