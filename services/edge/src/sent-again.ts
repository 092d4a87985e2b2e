import type { SipRequest } from '@tandem/sip';
import type { Authorized } from './branch.ts';
import { hasDialogs, otherParty } from './call-dialogs.ts';
import type { EdgeParts } from './parts.ts';
import type { DialogToken, Party } from './token.ts';
import { accountFor } from './trunk-numbers.ts';

/** An INVITE that was sent again with credentials: what refers to it needs to know. Plain data: it is kept in the call's record. */
export interface SentAgain {
  /** Its number as its sender has it. */
  readonly number: number;
  /** By how much that was raised because of it, besides what the token tells. */
  readonly times: number;
  readonly headers: Authorized['headers'];
}

/** How the INVITE was sent again that a request to a trunk is about. Nothing where that cannot be. */
export function sentAgain(
  { records }: Pick<EdgeParts, 'records'>,
  token: DialogToken,
  sender: Party,
  request: SipRequest,
): Promise<SentAgain | undefined> | undefined {
  const account = accountFor(token, sender);
  const number = account && inviteNumber(request);
  if (number === undefined) return undefined;
  const isFirst = sender === 'caller' && number === account!.first;
  // Its number is in the token, and nothing but an ACK has its credentials.
  if (isFirst && !(request.method === 'ACK' && token.outsiders?.callee?.raised)) return undefined;
  return lookUp(records, token.call, otherParty(sender), number);
}

async function lookUp(
  records: EdgeParts['records'],
  call: string,
  receiver: Party,
  number: number,
): Promise<SentAgain | undefined> {
  const record = records.own.copy(call) ?? (await records.read(call).catch(() => undefined));
  const again = record && hasDialogs(record) ? record.dialog[receiver].sentAgain : undefined;
  return again?.number === number ? again : undefined;
}

/** The number of the INVITE that an ACK or a PRACK is about. */
function inviteNumber(request: SipRequest): number | undefined {
  if (request.method === 'ACK') return request.cseq.number;
  const number = request.method === 'PRACK' ? request.value('RAck')?.split(/\s+/)[1] : undefined;
  return number === undefined ? undefined : Number(number);
}
