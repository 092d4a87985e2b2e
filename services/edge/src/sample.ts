import type { SipResponse, TransactionListener } from '@tandem/sip';
import type { ClientUser, ServerTx, ServerUser } from './parts.ts';
import type { Flow } from './socket/flow.ts';

/** What a transaction layer tells a test: responses and failures go to who has asked, errors are thrown. */
export function sampleListener(
  send: (message: string, flow: Flow) => void,
  request: (tx: ServerTx) => void = () => {},
): TransactionListener<Flow, ServerUser, ClientUser> {
  return {
    send,
    error: (error: unknown) => {
      throw error;
    },
    request,
    cancel: () => {},
    ack: () => {},
    expired: () => {},
    response: (user: ClientUser, response: SipResponse) => user.response(response),
    failedTransaction: (user: ClientUser, cause: Parameters<ClientUser['failed']>[0]) => user.failed(cause),
    stray: () => {},
  };
}
