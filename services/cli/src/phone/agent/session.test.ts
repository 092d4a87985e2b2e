import { describe as read } from '@tandem/sdp';
import { describe, expect, it } from 'vitest';
import { Session } from './session.ts';

const options = { host: '192.0.2.1', port: 4000, sessionId: 7 };
const peer = (lines: string[] = [], formats = '0 8 101'): string =>
  [
    'v=0',
    'c=IN IP4 192.0.2.9',
    `m=audio 5000 RTP/AVP ${formats}`,
    'a=rtpmap:101 telephone-event/8000',
    ...lines,
    '',
  ].join('\r\n');

describe('a session', () => {
  it('sends by the first codec of an offer, under its payload types', () => {
    const session = new Session(options);
    session.answer(peer(['a=rtpmap:97 telephone-event/8000'], '0 8 97'));
    expect(session.agreed).toEqual({
      remote: { host: '192.0.2.9', port: 5000, rtcpPort: 5001 },
      codec: { law: 'pcmu', payload: 0 },
      event: 97,
      accepted: new Map([
        [0, 'pcmu'],
        [8, 'pcma'],
        [97, 'event'],
      ]),
      sending: true,
      receiving: true,
    });
  });

  it('sends by what an answer leaves of its offer', () => {
    const session = new Session(options);
    session.offer();
    session.accept(peer([], '0'));
    expect(session.agreed).toMatchObject({ codec: { law: 'pcmu', payload: 0 }, event: undefined });
  });

  it.each([
    ['sendrecv', false, 'sendrecv', true, true],
    ['sendonly', false, 'recvonly', false, true],
    ['recvonly', false, 'sendonly', true, false],
    ['inactive', false, 'inactive', false, false],
    ['sendrecv', true, 'sendonly', true, false],
    ['sendonly', true, 'inactive', false, false],
  ])('answers %s, holding: %s, with %s', (offered, held, answered, sending, receiving) => {
    const session = new Session(options);
    session.held = held;
    expect(read(session.answer(peer([`a=${offered}`])))[0]!.direction).toBe(answered);
    expect(session.agreed).toMatchObject({ sending, receiving });
  });

  it('counts its version with each change, and only then', () => {
    const session = new Session(options);
    const versions = [false, false, true, false].map((held) => {
      session.held = held;
      return /^o=- 7 (\d+)/m.exec(session.offer())?.[1];
    });
    expect(versions).toEqual(['1', '1', '2', '3']);
  });

  it('keeps an offer open until it is settled', () => {
    const session = new Session(options);
    session.offer();
    session.accept(peer());
    expect(session.pending).toBe(true);
    session.settle();
    expect(session.pending).toBe(false);
  });

  it('refuses an answer that declines audio, and an offer without a common codec', () => {
    const session = new Session(options);
    session.offer();
    expect(() => session.accept(peer().replace('5000', '0'))).toThrow('sdp-not-acceptable');
    expect(() => session.answer(peer([], '18'))).toThrow('sdp-not-acceptable');
  });
});
