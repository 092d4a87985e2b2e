import { describe, expect, it } from 'vitest';
import { foreignCredentials } from './foreign.ts';
import { hmacKey } from './hmac.ts';
import { issueNonce } from './nonce.ts';

function credentials(realm: string, nonce: string): string {
  return `Digest username="1001", realm="${realm}", nonce="${nonce}", uri="sip:x", response="${'0'.repeat(32)}"`;
}

const issued = issueNonce(hmacKey('k'), { algorithm: 'MD5', realm: 'acme.example' }, 'seed', 1);
const ours = credentials('acme.example', issued);
const theirs = credentials('elsewhere.example', 'a1b2');

describe('credentials for another proxy', () => {
  it.each([
    ['of a realm that is not ours', [theirs], theirs],
    ['beside those for us', [ours, theirs], theirs],
    [
      'for our realm with a nonce that somebody else has made',
      [credentials('ACME.example', 'a1b2')],
      undefined,
    ],
    ['with our nonce for a realm that looks like another', [credentials('x.example', issued)], undefined],
    ['that cannot be read', ['Basic YTpi'], undefined],
    ['that are not there', [], undefined],
  ])('%s', (_, values, found) => {
    expect(foreignCredentials(values, ['acme.example'])).toBe(found);
  });
});
