import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exampleConfiguration, generatePassword } from './example.ts';
import { load } from './load.ts';

it('writes a configuration that loads', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-example-'));
  const text = exampleConfiguration({
    tenant: 'home',
    domains: ['home.example'],
    ownAddresses: true,
    users: [{ name: '1001', aliases: ['alice', '+34910000001'], displayName: 'Álícé "A"' }, { name: '0002' }],
  });
  await writeFile(join(folder, 'home.yaml'), text);
  const snapshot = await load(folder);
  await rm(folder, { recursive: true });
  expect(snapshot.user('home', '+34910000001')).toMatchObject({ name: '1001', displayName: 'Álícé "A"' });
  expect(snapshot.user('home', '0002')?.name).toBe('0002');
  expect(snapshot.ownAddresses?.domains).toEqual(['home.example']);
});

it('takes the passwords that it is given', () => {
  const users = [{ name: '1001', password: 'change-me' }];
  expect(exampleConfiguration({ tenant: 'a', domains: ['a.b'], users })).toContain('password: change-me');
});

it('generates passwords that differ and that nobody misreads', () => {
  expect(generatePassword()).toMatch(/^[a-z2-9]{16}$/);
  expect(generatePassword()).not.toBe(generatePassword());
});
