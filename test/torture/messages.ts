import { readFileSync } from 'node:fs';
import {
  duplicateHeader,
  type FaultKind,
  malformedHeader,
  malformedMessage,
  malformedUri,
  missingHeader,
  versionUnsupported,
} from '@tandem/sip';

/** What the parser makes of a message. */
export type Expectation =
  /** It is well-formed, and nothing in it is special to a later layer. */
  | 'valid'
  /** It is refused: a request is answered with the fault's status, a response is dropped. */
  | { readonly refused: FaultKind }
  /** It is accepted; what a later layer does then, and the status that the RFC names, if any. */
  | { readonly later: string; readonly status?: number };

/** A message of an RFC that collects messages for tests. */
export interface TortureMessage {
  readonly rfc: 4475 | 5118;
  /** As in the RFC's archive of messages. */
  readonly name: string;
  readonly section: string;
  readonly title: string;
  readonly expectation: Expectation;
  /** Its octets, as latin1. */
  readonly text: string;
}

export const refused = (kind: FaultKind): Expectation => ({ refused: kind });
const later = (what: string, status?: number): Expectation => ({
  later: what,
  ...(status !== undefined && { status }),
});

const rows: readonly (readonly [string, string, string, Expectation])[] = [
  ['3.1.1.1', 'wsinv', 'A Short Tortuous INVITE', 'valid'],
  ['3.1.1.2', 'intmeth', 'Wide Range of Valid Characters', 'valid'],
  ['3.1.1.3', 'esc01', 'Valid Use of the % Escaping Mechanism', 'valid'],
  ['3.1.1.4', 'escnull', 'Escaped Nulls in URIs', 'valid'],
  ['3.1.1.5', 'esc02', 'Use of % When It Is Not an Escape', 'valid'],
  ['3.1.1.6', 'lwsdisp', 'Message with No LWS between Display Name and <', 'valid'],
  ['3.1.1.7', 'longreq', 'Long Values in Header Fields', 'valid'],
  ['3.1.1.8', 'dblreq', 'Extra Trailing Octets in a UDP Datagram', 'valid'],
  ['3.1.1.9', 'semiuri', 'Semicolon-Separated Parameters in URI User Part', 'valid'],
  ['3.1.1.10', 'transports', 'Varied and Unknown Transport Types', 'valid'],
  ['3.1.1.11', 'mpart01', 'Multipart MIME Message', 'valid'],
  ['3.1.1.12', 'unreason', 'Unusual Reason Phrase', 'valid'],
  ['3.1.1.13', 'noreason', 'Empty Reason Phrase', 'valid'],
  ['3.1.2.1', 'badinv01', 'Extraneous Header Field Separators', refused(malformedHeader)],
  ['3.1.2.2', 'clerr', 'Content Length Larger Than Message', refused(malformedHeader)],
  ['3.1.2.3', 'ncl', 'Negative Content-Length', refused(malformedHeader)],
  ['3.1.2.4', 'scalar02', 'Request Scalar Fields with Overlarge Values', refused(malformedHeader)],
  ['3.1.2.5', 'scalarlg', 'Response Scalar Fields with Overlarge Values', refused(malformedHeader)],
  ['3.1.2.6', 'quotbal', 'Unterminated Quoted String in Display Name', refused(malformedHeader)],
  ['3.1.2.7', 'ltgtruri', '<> Enclosing Request-URI', refused(malformedUri)],
  ['3.1.2.8', 'lwsruri', 'Malformed SIP Request-URI (embedded LWS)', refused(malformedUri)],
  ['3.1.2.9', 'lwsstart', 'Multiple SP Separating Request-Line Elements', refused(malformedUri)],
  ['3.1.2.10', 'trws', 'SP Characters at End of Request-Line', refused(malformedMessage)],
  ['3.1.2.11', 'escruri', 'Escaped Headers in SIP Request-URI', refused(malformedUri)],
  ['3.1.2.12', 'baddate', 'Invalid Time Zone in Date Header Field', later('nothing reads Date')],
  ['3.1.2.13', 'regbadct', 'Failure to Enclose name-addr URI in <>', refused(malformedHeader)],
  ['3.1.2.14', 'badaspec', 'Spaces within addr-spec', refused(malformedHeader)],
  ['3.1.2.15', 'baddn', 'Non-token Characters in Display Name', refused(malformedHeader)],
  ['3.1.2.16', 'badvers', 'Unknown Protocol Version', refused(versionUnsupported)],
  ['3.1.2.17', 'mismatch01', 'Start Line and CSeq Method Mismatch', refused(malformedHeader)],
  ['3.1.2.18', 'mismatch02', 'Unknown Method with CSeq Method Mismatch', refused(malformedHeader)],
  ['3.1.2.19', 'bigcode', 'Overlarge Response Code', refused(malformedMessage)],
  [
    '3.2.1',
    'badbranch',
    'Missing Transaction Identifier',
    later('the transaction layer matches as RFC 2543 did'),
  ],
  ['3.3.1', 'insuf', 'Missing Required Header Fields', refused(missingHeader)],
  ['3.3.2', 'unkscm', 'Request-URI with Unknown Scheme', later('no route for the scheme', 416)],
  ['3.3.3', 'novelsc', 'Request-URI with Known but Atypical Scheme', later('no route for the scheme', 416)],
  [
    '3.3.4',
    'unksm2',
    'Unknown URI Schemes in Header Fields',
    later('a registrar registers no such scheme', 400),
  ],
  ['3.3.5', 'bext01', 'Proxy-Require and Require', later('the extensions are not supported', 420)],
  ['3.3.6', 'invut', 'Unknown Content-Type', later('an endpoint does not know the type', 415)],
  [
    '3.3.7',
    'regaut01',
    'Unknown Authorization Scheme',
    later('a registrar challenges with a scheme of its own', 401),
  ],
  ['3.3.8', 'multi01', 'Multiple Values in Single Value Required Fields', refused(duplicateHeader)],
  ['3.3.9', 'mcl01', 'Multiple Content-Length Values', refused(duplicateHeader)],
  [
    '3.3.10',
    'bcast',
    '200 OK Response with Broadcast Via Header Field Value',
    later('dropped: Via is not ours'),
  ],
  ['3.3.11', 'zeromf', 'Max-Forwards of Zero', later('a proxy forwards it no further', 483)],
  [
    '3.3.12',
    'cparam01',
    'REGISTER with a Contact Header Parameter',
    later('registers a URI without parameter'),
  ],
  ['3.3.13', 'cparam02', 'REGISTER with a url-parameter', later('registers a URI with parameter')],
  ['3.3.14', 'regescrt', 'REGISTER with a URL Escaped Header', later('registers a URI with header')],
  ['3.3.15', 'sdp01', 'Unacceptable Accept Offering', later('an endpoint has no other type of body', 406)],
  ['3.4.1', 'inv2543', 'INVITE with RFC 2543 Syntax', later('accepted without branch, tag and Max-Forwards')],
];

/** All messages of RFC 4475 §3, in its order, from the archive in its appendix. */
export const tortureMessages: readonly TortureMessage[] = rows.map(([section, name, title, expectation]) => ({
  rfc: 4475,
  name,
  section,
  title,
  expectation,
  text: readFileSync(new URL(`rfc4475/${name}.dat`, import.meta.url), 'latin1'),
}));
