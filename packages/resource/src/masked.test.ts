import { describe, expect, it } from 'vitest';
import { toYaml, withoutSecrets } from './masked.ts';

function user(credentials: string): string {
  return `kind: User # somebody\napiVersion: tandem/v1\nmetadata: { tenant: acme, name: "1001" }\nspec: { aliases: [alice], credentials: ${credentials} }\n`;
}

describe('withoutSecrets', () => {
  it('shows a document as it was written, but for passwords and hashes', () => {
    expect(withoutSecrets(user('{ password: hunter2 }'))).toEqual({
      kind: 'User',
      apiVersion: 'tandem/v1',
      metadata: { tenant: 'acme', name: '1001' },
      spec: { aliases: ['alice'], credentials: { password: '<secret>' } },
    });
    const hashed = withoutSecrets(user(`{ ha1: { MD5: ${'a'.repeat(32)} } }`));
    expect(hashed).toMatchObject({ spec: { credentials: { ha1: { MD5: '<secret>' } } } });
  });

  it('shows where a password is kept', () => {
    const shown = withoutSecrets(user('{ passwordFrom: { env: ALICE } }'));
    expect(shown).toMatchObject({ spec: { credentials: { passwordFrom: { env: 'ALICE' } } } });
  });

  it('shows nothing of a document that is not right', () => {
    expect(withoutSecrets(user('{ pasword: hunter2 }'))).toBeUndefined();
    expect(withoutSecrets('{')).toBeUndefined();
  });
});

describe('toYaml', () => {
  it('makes one stream of several documents', () => {
    expect(toYaml([{ a: '1' }, { b: 2 }])).toBe('a: "1"\n---\nb: 2\n');
  });
});
