import type { router } from '@tandem/contract';
import { parseCredentials } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { decisionOf, findingsOf, outcomeOf, Rig, sampleRequest, sampleSnapshot } from './sample.ts';

const auth = { username: 'acct', password: 'secret-of-the-trunk' };
const contacts = ['sip:user@sip.carrier.example:5070'];
const trunks = {
  'acme/carrier': { contacts, auth, identify: { sources: ['203.0.113.0/29'] } },
  'acme/off': { contacts, auth, enabled: false },
  'acme/bare': { contacts },
};
const rig = new Rig(sampleSnapshot({}, {}, { Trunk: trunks }));

function ask(changes: Partial<router.Challenged> = {}, realm = 'sip.carrier.example') {
  const challenged = {
    ...{ tenant: 'acme', trunk: 'carrier', method: 'INVITE', uri: 'sip:+34600@sip.carrier.example:5070' },
    challenges: [`Digest realm="${realm}", nonce="n", qop="auth"`],
    ...{ peer: '', known: false },
    ...changes,
  };
  return rig.router.decide(sampleRequest({ challenged }));
}

describe('the challenge of a trunk', () => {
  it('is answered for its own contact and realm, and the password stays here', async () => {
    const verdict = await ask();
    const { value } = decisionOf(verdict, 'credentials');
    expect(parseCredentials(value)).toMatchObject({
      ...{
        username: 'acct',
        realm: 'sip.carrier.example',
        uri: 'sip:+34600@sip.carrier.example:5070',
        nc: '00000001',
      },
    });
    expect(JSON.stringify(verdict)).not.toContain(auth.password);
  });

  it('never has the same client nonce for another one', async () => {
    const cnonceOf = async (nonce: string) => {
      const challenges = [`Digest realm="sip.carrier.example", nonce="${nonce}", qop="auth"`];
      return parseCredentials(decisionOf(await ask({ challenges }), 'credentials').value)?.cnonce;
    };
    expect(await cnonceOf('a')).not.toBe(await cnonceOf('b'));
  });

  it.each([
    ['another server', { uri: 'sip:+34600@evil.example:5070' }, 'sip:+34600@evil.example:5070 is no contact'],
    ['another port', { uri: 'sip:+34600@sip.carrier.example' }, 'is no contact of trunk carrier'],
    ['a trunk that is disabled', { trunk: 'off' }, 'off is no trunk that is enabled'],
    ['a trunk of another tenant', { tenant: 'other' }, 'carrier is no trunk that is enabled'],
    ['a trunk without auth', { trunk: 'bare' }, 'trunk bare has no auth'],
  ])('is not answered for %s (AS-16)', async (_, changes, why) => {
    const verdict = await ask(changes);
    expect(outcomeOf(verdict)).toBe('403 trunk-challenge-refused');
    expect(findingsOf(verdict).at(-1)).toContain(why);
  });

  describe('within a dialog', () => {
    const uri = 'sip:anybody@198.51.100.7';

    it.each([
      ['where the dialog was begun', { peer: '198.51.100.7', known: true }],
      ['at an address of the trunk', { peer: '203.0.113.5', known: false }],
    ])('is answered %s, whatever the Request-URI says', async (_, place) => {
      expect(parseCredentials(decisionOf(await ask({ uri, ...place }), 'credentials').value)?.uri).toBe(uri);
    });

    it('is not answered anywhere else, though the Request-URI says that it is the trunk', async () => {
      const verdict = await ask({ peer: '198.51.100.7' });
      expect(outcomeOf(verdict)).toBe('403 trunk-challenge-refused');
      expect(findingsOf(verdict).at(-1)).toContain('198.51.100.7 is no place of trunk carrier');
    });

    it('is not answered for another realm', async () => {
      const place = { uri, peer: '198.51.100.7', known: true };
      expect(outcomeOf(await ask(place, 'evil.example'))).toBe('403 trunk-challenge-refused');
    });
  });

  it('is not answered for another realm', async () => {
    expect(outcomeOf(await ask({}, 'evil.example'))).toBe('403 trunk-challenge-refused');
  });
});
