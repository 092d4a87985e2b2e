import { describe, expect, it } from 'vitest';
import { decisionOf, findingsOf, outcomeOf, Rig, sampleRequest, sampleSnapshot } from './sample.ts';

const spain = { countryCode: '34', nationalLengths: [9] };
const tenant = (dialPlan: object) => ({ acme: { domains: ['acme.example'], ownAddresses: true, dialPlan } });

const carrier = '203.0.113.9';

function rigWith(dialPlan: object, numbering: object = {}, more: Record<string, object> = {}): Rig {
  const trunk = { contacts: [`sip:${carrier}`], identify: { sources: [carrier] }, numbering };
  return new Rig(
    sampleSnapshot(
      tenant(dialPlan),
      { 'acme/1002': { aliases: ['sales', '+34910000002'] } },
      {
        Trunk: { 'acme/carrier': trunk },
        Number: { 'acme/+34911222333': { destination: { user: '1002' } }, ...more },
        Route: {
          'acme/world': { match: { prefix: '+' }, trunks: ['carrier'] },
          'acme/short': { match: { pattern: '^[0-9]{3}$' }, trunks: ['carrier'] },
        },
      },
    ),
  );
}

async function sentTo(rig: Rig, number: string): Promise<string> {
  const verdict = await rig.call(`sip:${number}@acme.example`);
  return outcomeOf(verdict) === 'relay' ? decisionOf(verdict, 'relay').callee : outcomeOf(verdict);
}

describe('a number that is dialled', () => {
  it.each([
    ['+34911222444', '+34911222444'],
    ['0034911222444', '+34911222444'],
    ['34911222444', '+34911222444'],
    ['911222444', '+34911222444'],
    ['004930123456', '+4930123456'],
    ['112', '112'],
  ])('TR-04: %s goes out as %s', async (dialled, expected) => {
    expect(await sentTo(rigWith(spain), dialled)).toBe(`sip:${expected}@${carrier}`);
  });

  it.each([
    ['e164', '+34911222444', '+4930123456'],
    ['digits', '34911222444', '4930123456'],
    ['exit-code', '0034911222444', '004930123456'],
    ['national', '911222444', '004930123456'],
  ])('TR-04: is sent to a trunk as it wants it, %s', async (format, own, abroad) => {
    const rig = rigWith(spain, { format });
    expect(await sentTo(rig, '911222444')).toBe(`sip:${own}@${carrier}`);
    expect(await sentTo(rig, '004930123456')).toBe(`sip:${abroad}@${carrier}`);
    expect(await sentTo(rig, '112')).toBe(`sip:112@${carrier}`);
  });

  it.each([
    ['5550100', '+14155550100'],
    ['4155550100', '+14155550100'],
    ['14155550100', '+14155550100'],
  ])('FU-40: %s, of 7, 10 or 11 digits, is the number %s', async (dialled, expected) => {
    const dialPlan = {
      countryCode: '1',
      internationalPrefix: '011',
      nationalPrefix: '1',
      nationalLengths: [10],
      areaCode: '415',
    };
    expect(await sentTo(rigWith(dialPlan), dialled)).toBe(`sip:${expected}@${carrier}`);
  });

  it('W-44: says that a local number needs an area code', async () => {
    const verdict = await rigWith({ ...spain, localLengths: [7] }).call('sip:2222333@acme.example');
    expect(findingsOf(verdict).at(-1)).toContain('a local number needs areaCode in the dial plan');
  });

  it('is that of a user under any spelling', async () => {
    const rig = rigWith(spain);
    await rig.register('1002');
    for (const number of ['910000002', '0034910000002', '+34910000002']) {
      const { groups } = decisionOf(await rig.call(`sip:${number}@acme.example`), 'relay');
      expect(groups[0]!.targets[0]!.identity).toEqual({ tenant: 'acme', user: '1002' });
    }
  });

  it('is told with its spelling', async () => {
    expect(findingsOf(await rigWith(spain).call('sip:911222444@acme.example')).slice(4)).toEqual([
      'number: 911222444 is +34911222444 (national) in the dial plan of tenant acme',
      'route: world: +34911222444 begins with +, by carrier',
      'bindings: 1 target, for 60 s each',
      'policy: media is anchored; outside is not trusted, and sees no topology',
    ]);
  });
});

describe('a number that is called', () => {
  function called(rig: Rig, number: string) {
    return rig.router.decide(
      sampleRequest({
        flow: {
          transport: 'udp',
          host: carrier,
          port: 5060,
          edge: 'edge-1',
          localPort: 5060,
          connection: 0,
        },
        requestUri: `sip:${number}@127.0.0.1`,
        from: '<sip:+34600000000@carrier.example>;tag=1',
      }),
    );
  }

  it.each(['+34911222333', '0034911222333', '34911222333', '911222333', '911-222-333'])(
    'TR-05, W-43, FU-46: is found when it comes as %s',
    async (number) => {
      const rig = rigWith(spain);
      await rig.register('1002');
      const { groups } = decisionOf(await called(rig, number), 'relay');
      expect(groups[0]!.targets[0]!.identity).toEqual({ tenant: 'acme', user: '1002' });
    },
  );

  it('W-43: is found by the dial plan of the trunk, where that has another', async () => {
    const rig = rigWith({}, { dialPlan: spain });
    await rig.register('1002');
    expect(outcomeOf(await called(rig, '911222333'))).toBe('relay');
    expect(outcomeOf(await called(rigWith({}), '911222333'))).toBe('404 number-unknown');
  });

  it('W-20: says how it was read and what is nearest when nobody has it', async () => {
    const findings = findingsOf(await called(rigWith(spain), '911222334'));
    expect(findings.slice(1)).toEqual([
      'number: 911222334 is +34911222334 (national) in the dial plan of trunk carrier',
      'number: 911222334 (from Request-URI) is no number of tenant acme, nearest: +34911222333; Request-URI is "sip:911222334@127.0.0.1"',
    ]);
    expect(findingsOf(await called(rigWith({}), '911222333')).at(-1)).toContain(
      'nearest: +34911222333, which differs by the prefix +34;',
    );
  });
});
