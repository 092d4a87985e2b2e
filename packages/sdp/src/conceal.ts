import { isHeld, readConnection } from './connection.ts';
import { attributeName, type Line, readSections, type Section, writeLines } from './line.ts';
import { readMediaLine, relayable } from './media-line.ts';

/** Text of the sender about itself, and where it may be asked (RFC 8866 §5.4 to §5.6). */
const personal = new Set(['i', 'u', 'e', 'p']);
/** What a stream still says of itself that has no relay: to which group it belongs (RFC 5888), and that it is off. */
const bare = new Set(['mid', 'inactive']);

const nowhere = 'IN IP4 0.0.0.0';

/**
 * A description, whose relayed streams have a relay's addresses already, without what else names its sender or where
 * that is: streams that no relay can carry have no address any more. Throws a fault of faults.ts.
 */
export function conceal(sdp: string): string {
  const { session, media, rest } = readSections(sdp);
  const isAnyRelayed = media.some(isRelayed);
  return (
    writeLines(session.flatMap((line) => concealLine(line, isAnyRelayed))) +
    media.map((section) => writeLines(isRelayed(section) ? shown(section) : emptied(section))).join('') +
    rest
  );
}

function isRelayed([line]: Section): boolean {
  const { port, protocol } = readMediaLine(line!.value);
  return port !== 0 && relayable(protocol);
}

function concealLine(line: Line, isRelayedConnection: boolean): Line[] {
  if (personal.has(line.type)) return [];
  if (line.type === 'o') return [{ ...line, value: concealOrigin(line.value) }];
  if (line.type !== 'c' || isRelayedConnection || isHeld(readConnection(line.value))) return [line];
  return [{ ...line, value: nowhere }];
}

/** The address is the relay's doing where there is one; the name, and that of a session without streams, is not. */
function concealOrigin(value: string): string {
  const [id, version] = value.trimEnd().split(' ').slice(-5, -3);
  return `- ${id} ${version} IN IP4 127.0.0.1`;
}

/** RFC 5576 §6.1: a CNAME is often a user and its host. */
function shown(section: Section): Section {
  return section.filter(
    (line) => line.type !== 'i' && !(attributeName(line) === 'ssrc' && line.value.includes('cname:')),
  );
}

function emptied(section: Section): Section {
  const [line, ...others] = section;
  const ending = line!.ending || '\r\n';
  const kept = others.filter((other) => bare.has(attributeName(other) ?? ''));
  return [{ ...line!, ending }, { type: 'c', value: nowhere, ending }, ...kept];
}
