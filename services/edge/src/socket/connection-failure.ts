import { Fault } from '@tandem/sip';
import { targetUnreachable } from '../faults.ts';

/** Words for what the system says when a connection cannot be had. */
const problems: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no way to the network',
  ETIMEDOUT: 'the connection was not accepted in time',
};

/** Why nothing could be sent to a peer, at `host:port`. */
export function connectionFailure(error: Error, peer: string): Fault {
  if (error instanceof Fault) return error;
  const problem = problems['code' in error ? String(error.code) : ''] ?? error.message;
  return new Fault(targetUnreachable, `${problem} ${peer}`, { cause: error });
}
