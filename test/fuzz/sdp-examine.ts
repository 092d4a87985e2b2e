import {
  type AnchorEndpoint,
  anchor,
  codecNames,
  describe,
  type MediaDescription,
  raiseVersion,
  relayable,
  restrictCodecs,
} from '@tandem/sdp';
import { Fault } from '@tandem/sip';
import type { Random } from './random.ts';
import { attempt } from './reading.ts';
import { same } from './same.ts';

const relays: readonly AnchorEndpoint[] = [
  { host: '203.0.113.9', port: 30_000, rtcpPort: 30_001 },
  { host: '2001:db8::9', port: 30_002, rtcpPort: 30_003 },
];
/** Octets that a line grows by at most: another address, and a line with one for a stream that had none. */
const growth = 60;

/** Runs all that reads and writes descriptions over a text. Throws when a promise is broken. */
export function examineDescription(sdp: string, random: Random): void {
  const streams = attempt(() => describe(sdp));
  same(
    'another reading',
    attempt(() => describe(sdp)),
    streams,
  );
  examineVersions(sdp, random);
  examineRestricted(sdp, random);
  if (streams instanceof Fault) attempt(() => anchor(sdp, relays));
  else examineAnchored(sdp, streams, random);
}

/** What a policy leaves of a description can be read, has as many streams, and is left alone by the same policy. */
function examineRestricted(sdp: string, random: Random): void {
  const policy = { caller: [], callee: Array.from({ length: 3 }, () => random.pick(codecNames)) };
  const restricted = attempt(() => restrictCodecs(sdp, policy, { preferredBy: 'callee' }));
  if (restricted instanceof Fault) return;
  same('restricted again', restrictCodecs(restricted, policy, { preferredBy: 'callee' }), restricted);
  const before = attempt(() => describe(sdp));
  if (!(before instanceof Fault)) same('the number of streams', describe(restricted).length, before.length);
}

/** Nothing but the version changes, and two steps are as good as one. */
function examineVersions(sdp: string, random: Random): void {
  same('the same version', raiseVersion(sdp, 0), sdp);
  const [some, more] = [1 + random.below(9), 1 + random.below(9)];
  const raised = attempt(() => raiseVersion(sdp, some));
  if (raised instanceof Fault) return;
  same('what is not the version', others(raised), others(sdp));
  // More digits than a version has are left alone.
  if (/^o=.*\d{19}/m.test(raised)) return;
  same('two steps', raiseVersion(raised, more), raiseVersion(sdp, some + more));
}

function others(sdp: string): string[] {
  return sdp.split('\n').filter((line) => !line.startsWith('o='));
}

/** Each stream that is anchored is at its relay, each other one where it was, and doing it again changes nothing. */
function examineAnchored(sdp: string, streams: readonly MediaDescription[], random: Random): void {
  const endpoints = streams.map((stream) =>
    isRelayed(stream) && !random.once(4) ? random.pick(relays) : undefined,
  );
  const anchored = attempt(() => anchor(sdp, endpoints));
  if (anchored instanceof Fault) return;
  if (anchored.length > sdp.length + growth * sdp.split('\n').length)
    throw new Error(`it grows from ${sdp.length} to ${anchored.length} octets`);
  const after = describe(anchored);
  same('the number of streams', after.length, streams.length);
  for (const [index, stream] of streams.entries()) {
    examineStream(stream, after[index]!, endpoints[index]);
  }
  same('anchored again', anchor(anchored, endpoints), anchored);
}

function examineStream(
  before: MediaDescription,
  after: MediaDescription,
  endpoint: AnchorEndpoint | undefined,
): void {
  const { host, port, rtcpPort, ...rest } = after;
  const { host: _host, port: _port, rtcpPort: _rtcpPort, ...said } = before;
  same('what is said of a stream', rest, said);
  if (!endpoint) {
    same('a stream that stays', [port, rtcpPort], [before.port, before.rtcpPort]);
    // Where a stream is that is off matters to nobody.
    if (port !== 0) same('where it stays', host, before.host);
    return;
  }
  const isHeld = before.host === '0.0.0.0' || before.host === '::';
  same('where a stream is', [host, port], [isHeld ? before.host : endpoint.host, endpoint.port]);
}

function isRelayed({ port, protocol }: MediaDescription): boolean {
  return port !== 0 && relayable(protocol);
}
