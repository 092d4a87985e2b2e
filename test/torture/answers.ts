import type { TortureMessage } from './messages.ts';

/**
 * What an edge answers that has no part in what the messages are about: it serves another domain, and lets nobody whom it
 * does not know call elsewhere. 0 is silence.
 */
const accepted: Readonly<Record<number, readonly string[]>> = {
  // OPTIONS that end at the edge; with Max-Forwards of 0 as well (RFC 3261 §16.3, step 3).
  200: [
    'lwsdisp',
    'semiuri',
    'transports',
    'badbranch',
    'zeromf',
    'via-received-param-no-delim',
    'ipv6-bug-abnf-3-colons',
    'ipv6-correct-abnf-2-colons',
  ],
  // REGISTER is challenged, whatever it carries.
  401: [
    'escnull',
    'dblreq',
    'regaut01',
    'cparam01',
    'cparam02',
    'regescrt',
    'ipv6-good',
    'port-ambiguous',
    'port-unambiguous',
  ],
  // Of the right form, and to be relayed for somebody who is known only.
  403: [
    'esc01',
    'longreq',
    'mpart01',
    'baddate',
    'invut',
    'sdp01',
    'inv2543',
    'ipv6-in-sdp',
    'mult-ip-in-sdp',
    'ipv4-mapped-ipv6',
  ],
  // A request within a dialog that is not there.
  481: ['wsinv', 'via-received-param-with-delim', 'mult-ip-in-header'],
  // A method that nobody knows.
  501: ['intmeth', 'esc02'],
  // Responses to nothing.
  0: ['unreason', 'noreason', 'bcast'],
};

/** Where the parser does something else than the RFC asks for first, and why. */
export const exceptions: ReadonlyMap<string, string> = new Map([
  [
    'baddate',
    'Invalid, but not refused: §3.1.2.12 advises so unless Date matters, and a proxy forwards it unread.',
  ],
  [
    'mismatch02',
    '400 and not 501: §3.1.2.18 allows both, and CSeq is checked before anybody asks for the method.',
  ],
  [
    'intmeth',
    '501 and not relayed: §3.1.1.2 is about the parser, and a method that nobody knows begins nothing here.',
  ],
  ['esc02', 'As intmeth: the method is RE%47IST%45R, and not REGISTER.'],
  [
    'badinv01',
    'No answer: §3.1.2.1 asks for 400, but the Via is among what cannot be read, and says not where to.',
  ],
  [
    'zeromf',
    '200 and not 483: OPTIONS may be answered by whoever it ends at (RFC 3261 §16.3), and §3.3.11 is about a proxy.',
  ],
  ['invut', '403 and not 415: it would be relayed, and a proxy does not ask for the type of a body.'],
  ['sdp01', '403 and not 406: it would be relayed, and a proxy does not ask what its sender accepts.'],
]);

/** Over a connection a message ends where Content-Length says: without a right one nothing can follow. */
const onStreams: ReadonlyMap<string, { readonly status: number; readonly isClosed: boolean }> = new Map([
  ['ncl', { status: 400, isClosed: true }],
  ['mcl01', { status: 400, isClosed: true }],
  ['inv2543', { status: 400, isClosed: true }],
  // Two requests, and then what is none: the connection ends before anything could be answered.
  ['dblreq', { status: 0, isClosed: true }],
  // More is awaited.
  ['clerr', { status: 0, isClosed: false }],
]);

/** The final status with which an edge answers a message over UDP or a WebSocket, which end messages; 0 is silence. */
export function answerTo({ expectation, name, text }: TortureMessage): number {
  if (name === 'badinv01') return 0;
  if (typeof expectation === 'object' && 'refused' in expectation)
    return text.startsWith('SIP/2.0 ') ? 0 : expectation.refused.status;
  const named = Object.entries(accepted).find(([, names]) => names.includes(name));
  const status = named ? Number(named[0]) : typeof expectation === 'object' ? expectation.status : undefined;
  if (status === undefined) throw new Error(`${name}: nobody says what is answered`);
  return status;
}

/** The same over TCP and TLS, and whether the connection is closed then. */
export function answerOnStream(message: TortureMessage): {
  readonly status: number;
  readonly isClosed: boolean;
} {
  return onStreams.get(message.name) ?? { status: answerTo(message), isClosed: false };
}
