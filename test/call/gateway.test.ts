import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { Sipp } from '../harness/sipp.ts';
import { type CarrierOffice, invites, openCarriers } from './carriers.ts';

const describe = needs('namespace', 'sipp');

const login = {
  enabled: true,
  user: 'acct',
  domain: 'carrier.example',
  expires: 600,
  retry: 120,
  contactUser: 'desk',
};
const auth = { username: 'login', password: 'secret', realm: 'carrier.example' };

/** What the form of a gateway elsewhere has: name, username, password, from-user, from-domain, proxy, realm, expires, … */
function gateway(proxy: string): object {
  const endpoint = { fromUser: 'from-user', fromDomain: 'from.example', outboundProxy: `sip:${proxy};lr` };
  const identify = { sources: [proxy] };
  return { contacts: ['sip:carrier.example'], auth, registration: login, endpoint, identify };
}

function registered({ office }: CarrierOffice): Promise<void> {
  const next = async (): Promise<void> => {
    const { condition, status, trunk } = await office.tandem.logged('a trunk has changed');
    if (condition !== 'Registered' || status !== 'true' || trunk !== 'gateway') return next();
  };
  return next();
}

describe('a gateway', () => {
  it('FU-08, PJ-12: has each field of its form honoured, and is silent when it is disabled', async ({
    network,
  }) => {
    const proxy = await network.host('registrar');
    const registrar = await Sipp.start(proxy, { scenario: 'uas-registrar', calls: 1 });
    const carrier = await openCarriers(network, ['off'], ({ off }) => ({
      Trunk: {
        gateway: gateway(proxy.address),
        off: { ...off, auth, registration: { ...login, user: 'nobody' }, enabled: false },
      },
      Route: { expression: { match: { pattern: '^\\+34[0-9]{9}$' }, trunks: ['off', 'gateway'] } },
    }));
    const silent = await Sipp.start(carrier.carriers.off!, { scenario: 'uas-registrar' });
    await registered(carrier);
    const [first, second] = (await registrar.succeed()).trace
      .filter(({ way, message }) => way === 'received' && message.start.startsWith('REGISTER '))
      .map(({ message }) => message);
    expect(first?.start).toBe('REGISTER sip:carrier.example SIP/2.0');
    expect(first?.header('To')).toBe('<sip:acct@carrier.example>');
    expect(first?.header('Route')).toBe(`<sip:${proxy.address};lr>`);
    expect(first?.header('Expires')).toBe('600');
    expect(first?.header('Contact')).toMatch(/^<sip:desk@/);
    expect(second?.header('Authorization')).toMatch(
      /^Digest (?=.*username="login")(?=.*realm="carrier\.example")/,
    );
    const answering = await Sipp.start(proxy, { scenario: 'uas-answer', calls: 1 });
    await (await carrier.call(['600111222'])).succeed();
    const [invite] = invites((await answering.succeed()).trace);
    expect(invite?.start).toBe('INVITE sip:+34600111222@carrier.example SIP/2.0');
    expect(invite?.header('From')).toMatch(/^<sip:from-user@from\.example>;tag=/);
    expect(invite?.headers('Route')[0]).toContain(`<sip:${proxy.address};lr>`);
    expect((await silent.stop()).trace).toEqual([]);
  });
});
