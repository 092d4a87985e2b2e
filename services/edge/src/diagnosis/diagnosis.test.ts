import { Fault, parseMessage, type SipResponse } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { mediaUnavailable, resolverSilent, ringTimeout, targetUnreachable, trunkFull } from '../faults.ts';
import { diagnose, type Ended, type Failure } from './diagnosis.ts';

const uri = 'sip:+34600@192.0.2.7';
const carrier = { uri, identity: { tenant: 'acme', user: '', trunk: 'carrier' } };
const bob = { uri: 'sip:1002@192.0.2.8', identity: { tenant: 'acme', user: '1002' } };
const elsewhere = { uri: 'sip:bob@other.example' };

function sdp(...media: string[]): string {
  const lines = ['v=0', 'o=- 1 1 IN IP4 192.0.2.7', 's=-', 'c=IN IP4 192.0.2.7', 't=0 0', ...media, ''];
  return lines.join('\r\n');
}

function answer(status: string, headers: readonly string[] = [], body = ''): SipResponse {
  const text = [
    `SIP/2.0 ${status}`,
    'Via: SIP/2.0/UDP h;branch=z9hG4bK1',
    'From: <sip:1001@acme.example>;tag=1',
    'To: <sip:1002@acme.example>;tag=2',
    'Call-ID: c@h',
    'CSeq: 1 INVITE',
    ...headers,
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
  return parseMessage(text) as SipResponse;
}

function ended(destination: Ended['destination'], changes: Partial<Ended>): Ended {
  return { destination, status: 408, isAuthorized: false, ...changes };
}

function failure(changes: Partial<Failure>): Failure {
  return { status: 408, ended: [], hasRung: false, offer: undefined, evidence: [], ...changes };
}

/** A call that this answer has ended. */
function refused(
  response: SipResponse,
  destination: Ended['destination'] = carrier,
  changes: Partial<Failure> = {},
) {
  const one = ended(destination, { status: response.status, response });
  return diagnose(failure({ status: response.status, response, ended: [one], ...changes }));
}

describe('a call that was refused', () => {
  it('is the trunk’s, with its words', () => {
    const reason = 'Reason: Q.850;cause=57;text="bearer not authorized"';
    const diagnosis = refused(answer('403 Forbidden', [reason, 'Warning: 399 c.example "not here"']));
    expect(diagnosis).toMatchObject({
      layer: 'policy',
      object: { kind: 'Trunk', tenant: 'acme', name: 'carrier' },
      code: 'destination-refused',
      status: 403,
      cause: 57,
      evidence: [
        `${uri} answered 403 Forbidden`,
        'Reason: Q.850;cause=57;text="bearer not authorized"',
        'Warning: 399 c.example "not here"',
      ],
    });
    expect(diagnosis!.hint).toContain('provider');
  });

  it('is the user’s whose phone has refused it, or the host’s that is nobody here', () => {
    expect(refused(answer('500 Oops'), bob)?.object).toMatchObject({ kind: 'User', name: '1002' });
    const unknown = refused(answer('500 Oops'), elsewhere)?.object;
    expect(unknown).toMatchObject({ kind: 'Peer', tenant: '', name: 'other.example' });
  });

  it('shows the challenge of somebody who is no trunk', () => {
    const challenge = 'Proxy-Authenticate: Digest realm="other.example", nonce="1"';
    const diagnosis = refused(answer('407 Proxy Authentication Required', [challenge]), elsewhere);
    expect(diagnosis).toMatchObject({ layer: 'auth', code: 'peer-challenged' });
    expect(diagnosis!.evidence[1]).toBe(challenge);
  });

  it('shows nothing that a terminal would obey', () => {
    const { evidence } = refused(answer('500 Oops', ['Warning: 399 h "\x1b[2Jgone"']))!;
    expect(evidence.join()).not.toContain('\x1b');
  });
});

describe('a call that was refused for its media', () => {
  const offer = sdp('m=audio 4000 RTP/AVP 0 8 101', 'a=rtpmap:101 telephone-event/8000');

  it.each([
    [offer, sdp('m=audio 0 RTP/AVP 18', 'm=audio 9 RTP/AVP 18'), 'codec: none in common'],
    [offer, sdp('m=audio 9 RTP/SAVP 0'), 'crypto: the offer has none'],
    [sdp('m=audio 9 RTP/SAVP 0'), sdp('m=audio 9 RTP/AVP 0'), 'crypto: RTP/SAVP is not spoken there'],
    [sdp('m=audio 9 RTP/AVP 0', 'm=video 9 RTP/AVP 31'), sdp('m=audio 9 RTP/AVP 0'), 'video'],
    [sdp('m=audio 9 RTP/SAVPF 0'), sdp('m=audio 9 UDP/TLS/RTP/SAVPF 0'), 'ICE and DTLS: RTP/SAVPF'],
  ])('names what is missing by both lists: %#', (offered, supported, missing) => {
    const { evidence, ...diagnosis } = refused(answer('488 Not Acceptable Here', [], supported), carrier, {
      offer: offered,
    })!;
    expect(diagnosis).toMatchObject({ layer: 'sdp', code: 'media-refused' });
    expect(evidence.slice(1).map((line) => line.split(':')[0])).toEqual(['offered', 'supported', 'missing']);
    expect(evidence.at(-1)).toBe(`missing: ${missing}`);
  });

  it('lists codecs by name', () => {
    const { evidence } = refused(answer('488 No', [], sdp('m=audio 9 RTP/AVP 18')), carrier, { offer })!;
    expect(evidence).toContain('offered: audio RTP/AVP PCMU/8000, PCMA/8000, telephone-event/8000');
    expect(evidence).toContain('supported: audio RTP/AVP G729/8000');
  });

  it.each([
    [offer, [], 'codec'],
    [offer, ['Warning: 304 h "Media type not available"'], 'a kind of media'],
    [sdp('m=audio 9 UDP/TLS/RTP/SAVPF 0'), [], 'ICE and DTLS: UDP/TLS/RTP/SAVPF may not be spoken there'],
    [sdp('m=audio 9 RTP/SAVP 0'), [], 'crypto: RTP/SAVP may not be spoken there'],
  ])('guesses when the answer lists nothing: %#', (offered, headers, missing) => {
    const { evidence } = refused(answer('488 No', headers), carrier, { offer: offered })!;
    expect(evidence).toContain('supported: the answer does not say');
    expect(evidence.at(-1)).toBe(`missing: ${missing}`);
  });

  it('makes do with an offer that cannot be read', () => {
    expect(refused(answer('488 No'), carrier, { offer: 'v=0\r\nm=' })?.evidence).toHaveLength(1);
  });
});

describe('a call that nobody has answered', () => {
  it('is nobody’s fault when a phone rang, or when the caller has given up', () => {
    expect(diagnose(failure({ kind: ringTimeout, hasRung: true }))).toBeUndefined();
    expect(diagnose(failure({ status: 487 }))).toBeUndefined();
  });

  it('names who could not be reached, with what was tried', () => {
    const fault = new Fault(targetUnreachable, `${uri}: tcp 192.0.2.7:5060 cannot be connected to`);
    const tried = [
      ended(bob, { status: 486, response: answer('486 Busy') }),
      ended(carrier, { status: 480, fault }),
    ];
    expect(diagnose(failure({ kind: targetUnreachable, ended: tried }))).toMatchObject({
      layer: 'signaling',
      object: { kind: 'Trunk', name: 'carrier', field: 'contacts' },
      code: 'target-unreachable',
      evidence: [`target-unreachable: ${uri}: tcp 192.0.2.7:5060 cannot be connected to`],
    });
  });

  it('names who is silent', () => {
    const diagnosis = diagnose(failure({ kind: targetUnreachable, ended: [ended(bob, {})] }));
    expect(diagnosis).toMatchObject({ object: { kind: 'User', name: '1002' } });
    expect(diagnosis!.evidence).toEqual(['sip:1002@192.0.2.8 has not answered']);
  });

  it('is the trunk’s that has no room, though the caller is told 500', () => {
    const response = answer('503 Service Unavailable', ['Retry-After: 5']);
    const one = ended(carrier, { status: 503, response });
    const diagnosis = diagnose(failure({ status: 500, kind: targetUnreachable, ended: [one] }));
    expect(diagnosis).toMatchObject({
      layer: 'capacity',
      code: 'peer-congested',
      object: { name: 'carrier' },
    });
  });

  it('is the limit’s of a trunk that is full', () => {
    const fault = new Fault(trunkFull, 'trunk/acme/carrier is at its limit of 1');
    const one = ended(carrier, { status: 503, fault });
    expect(diagnose(failure({ status: 503, kind: trunkFull, ended: [one] }))).toMatchObject({
      layer: 'capacity',
      object: { kind: 'Trunk', name: 'carrier', field: 'endpoint.maxCalls' },
    });
  });

  it.each([
    [mediaUnavailable, 'capacity', 'media'],
    [resolverSilent, 'signaling', 'resolver'],
  ] as const)('is the tier’s that has failed: %o', (kind, layer, name) => {
    const one = ended(carrier, { fault: new Fault(kind, 'why') });
    const diagnosis = diagnose(failure({ kind, ended: [one] }));
    expect(diagnosis).toMatchObject({
      layer,
      object: { kind: 'Tier', name },
      evidence: [`${kind.code}: why`],
    });
  });
});
