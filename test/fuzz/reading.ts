import {
  checkMessage,
  Fault,
  parseChallenge,
  parseCredentials,
  type SipMessage,
  SipRequest,
  type SipResponse,
} from '@tandem/sip';

/** All that can be read of a message, or why it cannot. */
export function summary(message: SipRequest | SipResponse | Fault): string {
  if (message instanceof Fault) return message.message;
  const read: (() => unknown)[] = [
    () => checkMessage(message),
    () => message.via,
    () => identity(message),
    () => message.routes,
    () => message.recordRoutes,
    () => message.addresses('Path'),
    () => message.elements('Supported'),
    () => message.values('Subject'),
    () => message.values('Authorization').map(parseCredentials),
    () => message.values('WWW-Authenticate').map(parseChallenge),
    () =>
      message instanceof SipRequest ? [message.method, message.uri, message.maxForwards] : message.status,
  ];
  return written(read.map(attempt));
}

/** What has to survive a hop. */
export function identity(message: SipMessage): [vias: unknown[], ...others: unknown[]] {
  const { vias, from, to, callId, cseq, body } = message;
  const contacts = message.value('Contact') === '*' ? '*' : message.contacts;
  return [[...vias], from, to, callId, cseq, contacts, body];
}

/** What is read, or the Fault that reading throws. Any other error is a finding. */
export function attempt<T>(read: () => T): T | Fault {
  try {
    return read();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

/** Values as text that is the same when they are. */
export function written(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof Map) return [...(inner as Map<unknown, unknown>)];
    return inner instanceof Fault ? inner.message : inner;
  });
}
