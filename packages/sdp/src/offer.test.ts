import { describe, expect, it } from 'vitest';
import { pcma, pcmu, telephoneEvent } from './codec.ts';
import { type MediaDescription, describe as read } from './description.ts';
import { answerFor, makeAnswer, makeOffer, type UserAgentMedia } from './offer.ts';

const agent: UserAgentMedia = { host: '192.0.2.5', port: 4000, sessionId: 17, version: 1 };
const offered = (...lines: string[]): MediaDescription[] =>
  read(`v=0\r\nc=IN IP4 192.0.2.9\r\n${lines.map((line) => `${line}\r\n`).join('')}`);
const opus = { payload: 96, name: 'opus', clockRate: 48_000, channels: 2 };

describe('makeOffer', () => {
  it('offers PCMA, PCMU and telephone events', () => {
    expect(makeOffer(agent)).toBe(
      [
        'v=0',
        'o=- 17 1 IN IP4 192.0.2.5',
        's=-',
        'c=IN IP4 192.0.2.5',
        't=0 0',
        'm=audio 4000 RTP/AVP 8 0 101',
        'a=rtpmap:8 PCMA/8000',
        'a=rtpmap:0 PCMU/8000',
        'a=rtpmap:101 telephone-event/8000',
        'a=fmtp:101 0-16',
        'a=ptime:20',
        'a=sendrecv',
        '',
      ].join('\r\n'),
    );
  });

  it('is read back as it was meant', () => {
    const codecs = [opus, pcmu];
    const offer = makeOffer({ ...agent, host: '2001:db8::5', codecs, direction: 'sendonly', ptime: 40 });
    expect(read(offer)[0]).toMatchObject({
      host: '2001:db8::5',
      port: 4000,
      codecs,
      direction: 'sendonly',
      ptime: 40,
    });
  });

  it('refuses an address that is none', () => {
    expect(() => makeOffer({ ...agent, host: 'localhost' })).toThrow('sdp-endpoint-invalid');
  });
});

describe('answerFor', () => {
  it.each([
    ['what both have, in the offer’s order', 'm=audio 1 RTP/AVP 0 18 8', [], [pcmu, pcma]],
    [
      'the offer’s payload types',
      'm=audio 1 RTP/AVP 99 8',
      ['a=rtpmap:99 TELEPHONE-EVENT/8000'],
      [{ ...telephoneEvent, payload: 99, name: 'TELEPHONE-EVENT', parameters: undefined }, pcma],
    ],
    [
      'no telephone events at the rate of a codec that is not taken',
      'm=audio 1 RTP/AVP 96 8 101 110',
      ['a=rtpmap:96 opus/48000/2', 'a=rtpmap:101 telephone-event/8000', 'a=rtpmap:110 telephone-event/48000'],
      [pcma, { ...telephoneEvent, parameters: undefined }],
    ],
    [
      'nothing when only telephone events are common',
      'm=audio 1 RTP/AVP 18 101',
      ['a=rtpmap:101 telephone-event/8000'],
      [],
    ],
    ['nothing when nothing is common', 'm=audio 1 RTP/AVP 18', [], []],
    ['nothing of a codec at another rate', 'm=audio 1 RTP/AVP 97', ['a=rtpmap:97 PCMU/16000'], []],
  ])('takes %s', (_what, line, attributes, codecs) => {
    expect(answerFor(offered(line, ...attributes)[0]!, [pcma, pcmu, telephoneEvent])).toEqual(codecs);
  });
});

describe('makeAnswer', () => {
  it('takes the first audio stream that it can and turns the others down', () => {
    const offer = offered(
      'm=video 5000 RTP/AVP 31',
      'm=audio 5002 RTP/SAVP 0',
      'm=audio 0 RTP/AVP 0',
      'm=audio 5004 RTP/AVP 18',
      'm=audio 5006 RTP/AVP 18 0',
      'm=audio 5008 RTP/AVP 8',
    );
    const answer = makeAnswer(offer, agent).split('\r\n');
    expect(answer.filter((line) => line.startsWith('m='))).toEqual([
      'm=video 0 RTP/AVP 31',
      'm=audio 0 RTP/SAVP 0',
      'm=audio 0 RTP/AVP 0',
      'm=audio 0 RTP/AVP 18',
      'm=audio 4000 RTP/AVP 0',
      'm=audio 0 RTP/AVP 8',
    ]);
  });

  it.each([
    ['sendrecv', 'sendrecv', 'sendrecv'],
    ['sendonly', 'sendrecv', 'recvonly'],
    ['recvonly', 'sendrecv', 'sendonly'],
    ['inactive', 'sendrecv', 'inactive'],
    ['sendrecv', 'sendonly', 'sendonly'],
    ['sendonly', 'sendonly', 'inactive'],
    ['sendrecv', 'inactive', 'inactive'],
    ['recvonly', 'recvonly', 'inactive'],
  ] as const)('answers %s as one that is %s with %s', (direction, own, expected) => {
    const answer = makeAnswer(offered('m=audio 1 RTP/AVP 0', `a=${direction}`), { ...agent, direction: own });
    expect(read(answer)[0]!.direction).toBe(expected);
  });

  it.each([
    [[], 'sdp-not-acceptable: no stream'],
    [['m=audio 1 RTP/AVP 18'], 'sdp-not-acceptable: m=audio 1 RTP/AVP G729'],
    [['m=audio 0 RTP/AVP 0'], 'sdp-not-acceptable: m=audio 0 RTP/AVP PCMU'],
  ])('refuses %j', (lines, message) => {
    expect(() => makeAnswer(offered(...lines), agent)).toThrow(message);
  });
});
