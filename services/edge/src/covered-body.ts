import { hash } from 'node:crypto';
import { conceal } from '@tandem/sdp';
import { type BodyPart, excerpt, Fault, parseMediaType, reasonPhrase, type SipMessage } from '@tandem/sip';
import { isSdp, partsOf, sdpOf } from './body.ts';
import { bodyRefused } from './faults.ts';

/** What goes outside as it is: the words of users, what keys they press, and what telephone networks tell each other. */
const harmless: ReadonlySet<string> = new Set([
  'application/dtmf',
  'application/dtmf-relay',
  'application/hook-flash',
  'application/im-iscomposing+xml',
  'application/isup',
  'application/kpml-request+xml',
  'application/kpml-response+xml',
  'application/media_control+xml',
  'application/qsig',
  'message/cpim',
  'message/imdn+xml',
  'text/html',
  'text/plain',
]);

const sipfrag = 'message/sipfrag';

/** The types that a peer may be sent which is hidden from, as Accept has them. */
export const accepted: readonly [name: string, value: string] = [
  'Accept',
  ['application/sdp', 'multipart/mixed', sipfrag, ...harmless].join(', '),
];

/** A body as somebody outside may see it. */
export interface CoveredBody {
  readonly text: string;
  /** Another Content-Type than that of the message; empty when there is no body left. */
  readonly type?: string;
}

/**
 * The body of a message without what tells where its sender is; `sdp` is its description with the addresses of a relay:
 * one that no relay has seen is not shown. Undefined where there is no body. Throws a Fault when a part cannot be shown
 * that the receiver has to have, if the message may be refused.
 */
export function coverBody(
  message: SipMessage,
  sdp: string | undefined,
  mayRefuse: boolean,
): CoveredBody | undefined {
  if (message.body === '') return undefined;
  const encoding = message.value('Content-Encoding')?.toLowerCase() ?? 'identity';
  const parts = encoding === 'identity' ? partsOf(message) : undefined;
  if (parts) return coverParts(message, parts, sdp, mayRefuse);
  const value = message.value('Content-Type') ?? '';
  const isDescription = encoding === 'identity' && sdp !== undefined && sdpOf(message) !== undefined;
  const text = isDescription ? conceal(sdp) : shown(value, encoding, message.body);
  if (text !== undefined) return { text };
  if (mayRefuse) throw new Fault(bodyRefused, excerpt(value));
  return { text: '', type: '' };
}

/** A body that says nothing of its sender, or what is left of it then; undefined where it is not known what it says. */
function shown(value: string, encoding: string, body: string): string | undefined {
  const name = parseMediaType(value)?.name ?? '';
  if (encoding !== 'identity') return undefined;
  return name === sipfrag ? statusOf(body) : harmless.has(name) ? body : undefined;
}

/** RFC 3515 §2.4.5: what a transfer has come to is in the first line; the headers after it are another call's. */
function statusOf(body: string): string | undefined {
  const [, status] = /^SIP\/2\.0 (\d{3})(?: |\r\n|$)/.exec(body) ?? [];
  return status && `SIP/2.0 ${status} ${reasonPhrase(Number(status))}\r\n`;
}

function coverParts(
  message: SipMessage,
  parts: readonly BodyPart[],
  sdp: string | undefined,
  mayRefuse: boolean,
): CoveredBody {
  const described = parts.find(isSdp);
  // The same each time that the message is sent, and nobody's host name.
  const boundary = hash('md5', message.body);
  const written = parts.flatMap((part) => {
    const own = message.body.slice(part.from, part.to);
    const text = part === described && sdp !== undefined ? conceal(sdp) : shownPart(part, own);
    if (text !== undefined) return [`--${boundary}\r\n${headersOf(part)}\r\n${text}\r\n`];
    if (mayRefuse && isRequired(part)) throw new Fault(bodyRefused, excerpt(part.type.name));
    return [];
  });
  const subtype = /^multipart\/alternative/i.test(message.value('Content-Type')!) ? 'alternative' : 'mixed';
  const type = `multipart/${subtype};boundary=${boundary}`;
  return written.length === 0
    ? { text: '', type: '' }
    : { text: `${written.join('')}--${boundary}--\r\n`, type };
}

function shownPart({ headers }: BodyPart, own: string): string | undefined {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? 'binary';
  const isPlain = ['7bit', '8bit', 'binary'].includes(encoding);
  return shown(headers.get('content-type') ?? 'text/plain', isPlain ? 'identity' : encoding, own);
}

/** Content-ID often has a host in it. */
function headersOf({ headers }: BodyPart): string {
  const kept = [
    ['Content-Type', headers.get('content-type')],
    ['Content-Disposition', headers.get('content-disposition')],
  ];
  return kept.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\r\n`])).join('');
}

/** RFC 3261 §20.11: whoever does not say that a part is optional wants it to be understood. */
function isRequired({ headers }: BodyPart): boolean {
  const [, ...params] = (headers.get('content-disposition') ?? '').toLowerCase().split(';');
  return !params.some((param) => param.replace(/[\s"]/g, '') === 'handling=optional');
}
