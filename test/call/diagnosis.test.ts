import { expect, onTestFinished } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { seriesOf, sumOf } from '../harness/scrape.ts';
import { BrokenOffice, numberTo, offer } from './broken-calls.ts';
import { uriOf } from './office.ts';

const describe = needs('namespace', 'sipp', 'iptables');

/** A call that something is done to, and what has to be found. */
interface Fault {
  readonly name: string;
  readonly layer: string;
  readonly object: string;
  /** Makes the call, and returns its Call-ID. */
  readonly inject: (office: BrokenOffice) => Promise<string>;
  /** What some line of the evidence has. */
  readonly evidence: RegExp;
  readonly direction?: string;
}

const trunk = (name: string, field = ''): string => `Trunk/${name}@acme${field && ` ${field}`}`;

/** A call of 1001 to the number of a trunk. */
const byTrunk =
  (name: string, formats = 'RTP/AVP 0') =>
  async (office: BrokenOffice): Promise<string> =>
    office.fails(await office.phone('1001'), numberTo(name), {}, offer(formats));

/** A call of a user to a URI. */
const calls =
  (user: string, uri: string) =>
  async (office: BrokenOffice): Promise<string> =>
    office.fails(await office.phone(user), uri);

/** A call that the provider makes. */
const calledBy = (from: 'provider' | 'stranger', to: string) => (office: BrokenOffice) =>
  office.comes(from, to);

const faults: readonly Fault[] = [
  {
    name: 'our credentials are wrong, said by 401',
    layer: 'auth',
    object: trunk('loops401', 'auth'),
    inject: byTrunk('loops401'),
    evidence: /401 Unauthorized/,
  },
  {
    name: 'our credentials are wrong, said by 403',
    layer: 'auth',
    object: trunk('forbids401', 'auth'),
    inject: byTrunk('forbids401'),
    evidence: /403 Forbidden/,
  },
  {
    name: 'the caller ID is not ours, said by Warning',
    layer: 'policy',
    object: trunk('warns', 'endpoint.callerId'),
    inject: byTrunk('warns'),
    evidence: /Warning: 399 .*Caller ID/,
  },
  {
    name: 'the destination is barred, said by Reason',
    layer: 'policy',
    object: trunk('reasons'),
    inject: byTrunk('reasons'),
    evidence: /Reason: .*Destination/,
  },
  {
    name: 'a carrier refuses and does not say why',
    layer: 'policy',
    object: trunk('forbids'),
    inject: byTrunk('forbids'),
    evidence: /403 Forbidden/,
  },
  {
    name: 'no codec in common with a carrier',
    layer: 'sdp',
    object: trunk('codecs', 'endpoint.codecs'),
    inject: byTrunk('codecs', 'RTP/AVP 9 8'),
    evidence: /missing: codec/,
  },
  {
    name: 'a carrier does not encrypt',
    layer: 'sdp',
    object: trunk('crypto', 'endpoint.codecs'),
    inject: byTrunk('crypto', 'RTP/SAVP 0'),
    evidence: /missing: crypto/,
  },
  {
    name: 'a trunk may not use what is offered',
    layer: 'sdp',
    object: trunk('narrow', 'endpoint.codecs'),
    inject: byTrunk('narrow'),
    evidence: /offers PCMU/,
  },
  {
    name: 'a carrier does not know the number',
    layer: 'routing',
    object: trunk('unallocated', 'numbering'),
    inject: byTrunk('unallocated'),
    evidence: /404 Not Found/,
  },
  {
    name: 'a carrier is overloaded',
    layer: 'capacity',
    object: trunk('congested'),
    inject: byTrunk('congested'),
    evidence: /503 Service/,
  },
  {
    name: 'a carrier has no circuit, told by Q.850 alone',
    layer: 'capacity',
    object: trunk('circuits'),
    inject: byTrunk('circuits'),
    evidence: /cause=34/,
  },
  {
    name: 'a carrier’s network is down',
    layer: 'signaling',
    object: trunk('outage', 'contacts'),
    inject: byTrunk('outage'),
    evidence: /cause=38/,
  },
  {
    name: 'a carrier sends the call round',
    layer: 'routing',
    object: trunk('loops', 'numbering'),
    inject: byTrunk('loops'),
    evidence: /483/,
  },
  {
    name: 'a carrier does not understand',
    layer: 'signaling',
    object: trunk('extension', 'contacts'),
    inject: byTrunk('extension'),
    evidence: /420/,
  },
  {
    name: 'a carrier refuses the connection',
    layer: 'signaling',
    object: trunk('closed', 'contacts'),
    inject: byTrunk('closed'),
    evidence: /tcp .* cannot be connected to/,
  },
  {
    name: 'a carrier drops INVITE',
    layer: 'signaling',
    object: trunk('silent', 'contacts'),
    inject: byTrunk('silent'),
    evidence: /has not answered/,
  },
  {
    name: 'no resolver answers for a carrier',
    layer: 'signaling',
    object: 'Tier/resolver',
    inject: byTrunk('nowhere'),
    evidence: /carrier\.invalid/,
  },
  {
    name: 'a trunk has all its calls',
    layer: 'capacity',
    object: trunk('full', 'endpoint.maxCalls'),
    inject: (office) => office.fills(numberTo('full')),
    evidence: /limit of 1/,
  },
  {
    name: 'the user lacks a class of service',
    layer: 'policy',
    object: 'User/1005@acme classes',
    inject: calls('1005', numberTo('classed')),
    evidence: /class/,
  },
  {
    name: 'no route leads to the number',
    layer: 'routing',
    object: 'User/+33123456789@acme',
    inject: calls('1001', uriOf('+33123456789')),
    evidence: /route: to-/,
  },
  {
    name: 'a local number needs an area code',
    layer: 'routing',
    object: 'Tenant/acme@acme dialPlan.areaCode',
    inject: calls('1001', uriOf('5551234')),
    evidence: /areaCode/,
  },
  {
    name: 'the callee has no phone',
    layer: 'signaling',
    object: 'User/1003@acme',
    inject: calls('1001', uriOf('1003')),
    evidence: /no phone registered/,
  },
  {
    name: 'the callee is disabled',
    layer: 'policy',
    object: 'User/1004@acme enabled',
    inject: calls('1001', uriOf('1004')),
    evidence: /disabled/,
  },
  {
    name: 'the password is wrong',
    layer: 'auth',
    object: 'Peer/gateway',
    inject: (office) => office.guesses('1001', uriOf('1002')),
    evidence: /identity: .*1001/,
  },
  {
    name: 'the call has gone too far',
    layer: 'routing',
    object: 'Peer/gateway',
    inject: async (office) =>
      office.refused(await office.phone('1001'), uriOf('1003'), { 'Max-Forwards': '0' }),
    evidence: /too-many-hops/,
  },
  {
    name: 'an ad-hoc URI asks for credentials',
    layer: 'auth',
    object: 'Peer/elsewhere',
    inject: (office) => office.leaves('1001'),
    evidence: /trunk-challenged|Proxy-Authenticate/,
  },
  {
    name: 'a carrier calls a number that nobody has',
    layer: 'routing',
    object: 'Number/+34911000009@acme',
    inject: calledBy('provider', '911000009'),
    evidence: /nearest: \+34911000001/,
  },
  {
    name: 'a carrier puts a name where the number should be',
    layer: 'routing',
    object: trunk('inbound', 'endpoint.didFrom'),
    inject: calledBy('provider', 'account'),
    evidence: /no number in To; Request-URI is/,
  },
  {
    name: 'a carrier calls from an address that is not listed',
    layer: 'auth',
    object: 'Peer/stranger identify',
    inject: calledBy('stranger', '+34911000001'),
    evidence: /is of no trunk/,
  },
];

/** Calls that are up, and of which something does not get through. */
const mediaFaults: readonly Fault[] = [
  {
    name: 'the callee’s media is dropped',
    layer: 'media',
    object: 'User/1012@acme',
    direction: 'from_callee',
    evidence: /from the callee: 0 RTP packets/,
    inject: (office) =>
      office.talks('1011', '1012', { caller: { says: 6_000 }, callee: { says: 6_002, dropped: true } }),
  },
  {
    name: 'the caller’s media is dropped',
    layer: 'media',
    object: 'User/1013@acme',
    direction: 'from_caller',
    evidence: /from the caller: 0 RTP packets/,
    inject: (office) =>
      office.talks('1013', '1014', { caller: { says: 6_004, dropped: true }, callee: { says: 6_006 } }),
  },
  {
    name: 'media is dropped both ways',
    layer: 'media',
    object: 'Call/',
    direction: 'both',
    evidence: /from the caller: 0 RTP packets/,
    inject: (office) =>
      office.talks('1015', '1016', {
        caller: { says: 6_008, dropped: true },
        callee: { says: 6_010, dropped: true },
      }),
  },
  {
    name: 'the callee’s media comes from another port',
    layer: 'nat',
    object: 'User/1018@acme',
    direction: 'from_callee',
    evidence: /refused from another address/,
    inject: (office) =>
      office.talks('1017', '1018', { caller: { says: 6_012 }, callee: { says: 6_014, port: 6_016 } }),
  },
];

describe('what breaks calls', () => {
  it('is named by layer and object, and nothing is found wrong with good calls', async ({ network }) => {
    const office = await BrokenOffice.open(network);
    onTestFinished(() => office.close());
    const { tandem } = office.office;
    await office.talksWell(1_000, 60);
    await office.listen();
    const good = [
      await office.isAnswered('1019', '486 Busy Here'),
      await office.isAnswered('1021', '603 Decline'),
      await office.isGivenUp('1020'),
    ];
    const talking = await office.talks('1022', '1023', { caller: { says: 6_018 }, callee: { says: 6_020 } });
    expect(sumOf(await seriesOf(tandem), 'tandem_call_failures_total')).toBe(0);

    const degraded = await Promise.all(
      mediaFaults.map(async (fault) => ({ fault, callId: await fault.inject(office) })),
    );
    const failed: { fault: Fault; callId: string }[] = [];
    for (const fault of faults) failed.push({ fault, callId: await fault.inject(office) });
    const results = await Promise.all(
      [...failed, ...degraded].map(async ({ fault, callId }) => {
        const [found] = (await office.story(callId, ({ diagnoses }) => diagnoses.length > 0)).diagnoses;
        const object = office.named(found?.object ?? 'nothing');
        const isRight = found?.layer === fault.layer && object.startsWith(fault.object);
        return { fault, found, object, isRight };
      }),
    );
    print(
      results.map(
        ({ fault, found, isRight, object }) =>
          `${isRight ? 'right' : 'WRONG'}  ${fault.name}: ${found?.layer} ${object}, ${found?.code}`,
      ),
    );

    expect(results.length).toBeGreaterThanOrEqual(24);
    expect(results.filter(({ isRight }) => !isRight).map(({ fault }) => fault.name)).toEqual([]);
    for (const { fault, found } of results) {
      expect(found?.evidence.join('\n'), fault.name).toMatch(fault.evidence);
      expect([fault.name, found?.direction]).toEqual([fault.name, fault.direction]);
      expect(found?.hint, fault.name).not.toBe('');
    }
    // Each is counted once, and the calls that were ended meanwhile for good reasons are not.
    expect(sumOf(await seriesOf(tandem), 'tandem_call_failures_total')).toBe(results.length);
    for (const callId of [...good, talking]) {
      expect((await office.story(callId, ({ decision }) => decision.length > 0)).diagnoses).toEqual([]);
    }
    const shown = await tandem.ask('calls', 'show', failed[0]!.callId);
    expect(shown).toMatch(/^layer: auth\nobject: Trunk\/loops401@acme auth\ncode: trunk-challenged/m);
    expect(shown).toMatch(/^decision: relay/m);
    expect(await office.heardElsewhere()).not.toMatch(/^(?:Proxy-)?Authorization:/m);
  });
});

function print(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`diagnosis: ${line}\n`);
}
