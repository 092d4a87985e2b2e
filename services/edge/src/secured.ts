import { excerpt, Fault, isSips, nextHop, type SipRequest } from '@tandem/sip';
import type { Destination } from './destination.ts';
import { contactInsecure, hopInsecure } from './faults.ts';
import type { Flow } from './socket/flow.ts';
import { isSecure, transportNamed } from './socket/transport.ts';

/** A request that begins something: where its Request-URI is sips, it has come over TLS, and so comes the way back. */
export function checkSecured(request: SipRequest, { transport }: Flow): void {
  const { method, uri } = request;
  if (!isSips(uri)) return;
  if (!isSecure(transport)) throw new Fault(hopInsecure, `${excerpt(uri)} over ${transport}`);
  if (method === 'REGISTER') return;
  const open = request.contacts.find((contact) => !isSips(contact.uri));
  if (open) throw new Fault(contactInsecure, `Contact is ${excerpt(open.uri)}`);
}

/** Where a request of a dialog goes that was set up securely: over TLS alone. Throws a Fault when that does not lead there. */
export function secured(destination: Destination): Destination {
  const { flow } = destination;
  if (flow && !isSecure(transportNamed(flow.transport))) throw insecure(destination);
  if (isSips(nextHop(destination))) return destination;
  if (!flow) throw insecure(destination);
  return { ...destination, flow: { ...flow, only: true } };
}

function insecure(destination: Destination): Fault {
  const over = destination.flow?.transport ?? 'any transport';
  return new Fault(hopInsecure, `${excerpt(nextHop(destination))} over ${over}`);
}
