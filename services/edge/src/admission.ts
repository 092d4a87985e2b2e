import { checkMessage, Fault, parseMessage, SipRequest, type SipResponse } from '@tandem/sip';
import { faultContent, write } from './answer.ts';

/** What becomes of octets from the wire. */
export type Admission =
  | { readonly kind: 'message'; readonly message: SipRequest | SipResponse }
  /** Refused with an answer. */
  | { readonly kind: 'answer'; readonly text: string; readonly fault: Fault }
  /** Refused without one: it is no request, or it cannot be answered. */
  | { readonly kind: 'silence'; readonly fault: Fault };

/** Reads a message and refuses what is malformed (RFC 3261 §16.3 step 1 and §18.3). Costs no state. */
export function admit(text: string): Admission {
  const message = parseMessage(text);
  if (message instanceof Fault) return { kind: 'silence', fault: message };
  const fault = checkMessage(message);
  if (!fault) return { kind: 'message', message };
  const answer = message instanceof SipRequest ? refusal(message, fault) : undefined;
  return answer === undefined ? { kind: 'silence', fault } : { kind: 'answer', text: answer, fault };
}

/** An ACK is never answered, nor is a request whose Via does not say where to. */
function refusal(request: SipRequest, fault: Fault): string | undefined {
  if (request.method === 'ACK') return undefined;
  try {
    return request.via && write(request, fault.kind.status, faultContent(fault));
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}
