import { randomBytes } from 'node:crypto';
import { composeRequest, magicCookie } from '@tandem/sip';
import { viaValue } from '../own-via.ts';
import type { Flow } from '../socket/flow.ts';

/** Begins what no transaction wrote, so that a transaction is not taken for a ping, nor the other way round. */
const prefix = `${magicCookie}ping`;

/** A branch that nobody can guess: whoever answers has read the question. */
export function pingBranch(): string {
  return prefix + randomBytes(9).toString('hex');
}

export function isPingBranch(branch: string): boolean {
  return branch.startsWith(prefix);
}

/** Asks a phone whether it is there (RFC 3261 §11). It stands for itself: the next one is sent if this one is lost. */
export function writePing(flow: Flow, contact: string, branch: string): string {
  const { advertised } = flow.listener;
  return composeRequest({
    method: 'OPTIONS',
    uri: contact,
    headers: [
      ['Via', viaValue(flow, branch)],
      ['Max-Forwards', '70'],
      ['From', `<sip:${advertised}>;tag=${branch.slice(-8)}`],
      ['To', `<${contact}>`],
      ['Call-ID', branch.slice(prefix.length)],
      ['CSeq', '1 OPTIONS'],
    ],
  });
}
