/** What one side of a call says of its audio: an offer or an answer. */
export interface Session {
  /** The `o=` line without its version. */
  readonly origin: string;
  readonly version: number;
  readonly host: string;
  readonly port: number;
  /** All but the `o=` line. */
  readonly rest: string;
}

const ORIGIN = /^o=(\S+ \d+) (\d+) (IN IP4 \S+)\r?$/m;
const CONNECTION = /^c=IN IP4 (\S+)\r?$/m;
const AUDIO = /^m=audio (\d+) /m;

/** Throws when it is no session with audio. */
export function readSession(body: string): Session {
  const [origin, connection, audio] = [ORIGIN, CONNECTION, AUDIO].map((line) => line.exec(body));
  if (!origin || !connection || !audio) throw new Error(`no session with audio: ${JSON.stringify(body)}`);
  return {
    origin: `${origin[1]} ${origin[3]}`,
    version: Number(origin[2]),
    host: connection[1]!,
    port: Number(audio[1]),
    rest: body.replace(ORIGIN, ''),
  };
}

/** `round` is in an attribute, so that the description differs from one round to the next. */
export function writeSession(host: string, port: number, version: number, round: number): string {
  return [
    'v=0',
    `o=- ${port} ${version} IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 0`,
    'a=rtpmap:0 PCMU/8000',
    `a=x-round:${round}`,
    '',
  ].join('\r\n');
}

/** What is wrong with a session after the one before it from the same peer, RFC 3264 section 8; empty when nothing is. */
export function checkSuccessor(before: Session | undefined, next: Session): string {
  if (!before) return '';
  if (next.origin !== before.origin) return `a session of ${next.origin} after ${before.origin}`;
  // Versions may be left out: an offer can be lost on the way.
  const lowest = next.rest === before.rest ? before.version : before.version + 1;
  return next.version >= lowest ? '' : `version ${next.version} of the session after ${before.version}`;
}
