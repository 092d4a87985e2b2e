import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { Sipp } from '../harness/sipp.ts';
import { nextAccount } from './acme.ts';
import { bind, calling } from './desk.ts';
import { it } from './fixture.ts';
import {
  answers,
  asks,
  called,
  calls,
  hopwise,
  maybe,
  replies,
  request,
  response,
  type Step,
  script,
  within,
} from './sipp-script.ts';

const describe = needs('namespace', 'sipp');

const hangsUp = (number: number, headers: readonly string[] = []): Step[] => [
  within('BYE', number, headers),
  response(200),
];
const isHungUpOn = (headers = {}): Step[] => [request('BYE', headers), replies('200 OK')];
const isUp: Step[] = [maybe(180), response(200), within('ACK', 2)];
const takes: Step[] = [called(), answers('200 OK', [], 'with description'), request('ACK')];

const beyond = (nonce: string): string =>
  `Proxy-Authenticate: Digest realm="beyond.example", nonce="${nonce}", algorithm=MD5, qop="auth"`;
/** A new offer, which is challenged, with credentials where there was a challenge before. */
const isChallenged = (number: number, credentials: readonly string[] = []): Step[] => [
  within('INVITE', number, credentials, 'with description'),
  maybe(100),
  '<recv response="407" auth="true"/>',
  hopwise('ACK', number, 3, '[peer_tag_param]'),
];
const proof = { 'Proxy-Authorization': 'beyond.example' };

/** What the caller does, and what the callee does. */
const scenarios: Readonly<Record<string, readonly [uac: Step[], uas: Step[]]>> = {
  'PRACK (RFC 3262)': [
    [
      ...calls(['Supported: 100rel']),
      response(183, { RSeq: '77', Require: '100rel' }),
      within('PRACK', 3, ['RAck: 77 2 INVITE']),
      response(200, { CSeq: '3 PRACK' }),
      response(200, { CSeq: '2 INVITE' }),
      within('ACK', 2),
      ...hangsUp(4),
    ],
    [
      called({ Supported: '100rel' }),
      answers('183 Session Progress', ['RSeq: 77', 'Require: 100rel'], 'with description'),
      request('PRACK', { RAck: '77 2 INVITE' }),
      replies('200 OK'),
      answers('200 OK'),
      request('ACK'),
      ...isHungUpOn(),
    ],
  ],
  'UPDATE (RFC 3311)': [
    [
      ...calls(),
      ...isUp,
      within('UPDATE', 3, [], 'with description'),
      response(200, { CSeq: '3 UPDATE', 'Content-Type': 'application/sdp' }),
      ...hangsUp(4),
    ],
    [
      ...takes,
      request('UPDATE', { 'Content-Type': 'application/sdp' }),
      replies('200 OK', [], 'with description'),
      ...isHungUpOn(),
    ],
  ],
  'REFER (RFC 3515)': [
    [
      ...calls(),
      ...isUp,
      within('REFER', 3, ['Refer-To: <sip:third@[domain]>', 'Referred-By: <sip:[caller]@[domain]>']),
      response(202),
      request('NOTIFY', { Event: 'refer', 'Subscription-State': 'terminated' }),
      replies('200 OK'),
      ...hangsUp(4),
    ],
    [
      ...takes,
      request('REFER', { 'Refer-To': 'sip:third@', 'Referred-By': 'sip:' }),
      replies('202 Accepted'),
      asks('NOTIFY', 1, ['Event: refer', 'Subscription-State: terminated;reason=noresource']),
      response(200, { CSeq: '1 NOTIFY' }),
      ...isHungUpOn(),
    ],
  ],
  'Replaces (RFC 3891)': [
    [
      ...calls(['Require: replaces', 'Replaces: 425928@phone.example;to-tag=7743;from-tag=6472']),
      ...isUp,
      ...hangsUp(3),
    ],
    [
      called({ Require: 'replaces', Replaces: '425928@phone.example;to-tag=7743;from-tag=6472' }),
      answers('200 OK', [], 'with description'),
      request('ACK'),
      ...isHungUpOn(),
    ],
  ],
  'session timers (RFC 4028)': [
    [
      ...calls(['Supported: timer', 'Session-Expires: 90;refresher=uac']),
      maybe(180),
      response(200, { 'Session-Expires': '90;refresher=uac', Require: 'timer' }),
      within('ACK', 2),
      within('UPDATE', 3, ['Supported: timer', 'Session-Expires: 90;refresher=uac']),
      response(200, { CSeq: '3 UPDATE', 'Session-Expires': '90;refresher=uac' }),
      ...hangsUp(4),
    ],
    [
      called({ Supported: 'timer', 'Session-Expires': '90;refresher=uac' }),
      answers('200 OK', ['Require: timer', 'Session-Expires: 90;refresher=uac'], 'with description'),
      request('ACK'),
      request('UPDATE', { 'Session-Expires': '90' }),
      replies('200 OK', ['Require: timer', 'Session-Expires: 90;refresher=uac']),
      ...isHungUpOn(),
    ],
  ],
  'a challenge of a re-INVITE, a nonce that is stale and a timer that is too short (OS-17)': [
    [
      ...calls(),
      ...isUp,
      ...isChallenged(3),
      ...isChallenged(4, ['[authentication]']),
      within('INVITE', 5, ['[authentication]'], 'with description'),
      maybe(100),
      response(200, { CSeq: '5 INVITE' }),
      within('ACK', 5),
      within('UPDATE', 6, ['Supported: timer', 'Session-Expires: 60;refresher=uac']),
      response(422, { 'Min-SE': '90' }),
      within('UPDATE', 7, ['Supported: timer', 'Min-SE: 90', 'Session-Expires: 90;refresher=uac']),
      response(200, { CSeq: '7 UPDATE', 'Session-Expires': '90;refresher=uac' }),
      ...hangsUp(8),
    ],
    [
      ...takes,
      request('INVITE'),
      replies('407 Proxy Authentication Required', [beyond('first')]),
      request('ACK'),
      request('INVITE', proof),
      replies('407 Proxy Authentication Required', [`${beyond('second')}, stale=true`]),
      request('ACK'),
      request('INVITE', proof),
      replies('200 OK', [], 'with description'),
      request('ACK'),
      request('UPDATE'),
      replies('422 Session Interval Too Small', ['Min-SE: 90']),
      request('UPDATE', { 'Min-SE': '90' }),
      replies('200 OK', ['Require: timer', 'Session-Expires: 90;refresher=uac']),
      ...isHungUpOn(),
    ],
  ],
  'Reason (RFC 3326) of a CANCEL': [
    [
      ...calls(),
      response(180),
      hopwise('CANCEL', 2, 3, '', ['Reason: SIP;cause=200;text="Call completed elsewhere"']),
      response(200, { CSeq: '2 CANCEL' }),
      response(487),
      hopwise('ACK', 2, 6, '[peer_tag_param]'),
    ],
    [
      called(),
      answers('180 Ringing'),
      request('CANCEL', { Reason: 'SIP;cause=200' }),
      replies('200 OK'),
      answers('487 Request Terminated'),
      request('ACK'),
    ],
  ],
  'Reason (RFC 3326) of a BYE': [
    [...calls(), ...isUp, ...hangsUp(3, ['Reason: Q.850;cause=16;text="Terminated"'])],
    [...takes, ...isHungUpOn({ Reason: 'Q.850;cause=16' })],
  ],
};

describe('between two sipps', () => {
  it.for(Object.keys(scenarios))(
    '%s passes',
    { concurrent: true },
    async (name, { live: { network, tandem } }) => {
      const [alice, bob] = [nextAccount(), nextAccount()];
      const [near, far] = [await network.host(alice.user), await network.host(bob.user)];
      await bind(far, tandem.proxy, bob);
      const [uac, uas] = await Promise.all(
        scenarios[name]!.map((steps, side) => script(`${name} ${side}`, steps)),
      );
      const callee = await Sipp.start(far, { scenario: uas!, calls: 1 });
      const caller = await Sipp.start(near, {
        ...calling(alice, bob),
        scenario: uac!,
        remote: tandem.proxy,
        calls: 1,
      });
      expect((await caller.succeed()).code).toBe(0);
      expect((await callee.succeed()).code).toBe(0);
    },
  );
});
