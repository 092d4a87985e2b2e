import { expect, it } from 'vitest';
import { diagnostics } from './diagnostics.ts';

it('derives the same passwords from the same secret', () => {
  expect(diagnostics('secret').users).toEqual(diagnostics(Buffer.from('secret')).users);
  expect(diagnostics('secret').users).not.toEqual(diagnostics('other').users);
});

it('has two users with different passwords in a domain of its own', () => {
  const { users, domain, resources } = diagnostics('secret');
  expect(new Set(users.map(({ password }) => password)).size).toBe(2);
  expect(domain).toMatch(/\.invalid$/);
  expect(resources.map(({ kind }) => kind)).toEqual(['Tenant', 'User', 'User']);
});
