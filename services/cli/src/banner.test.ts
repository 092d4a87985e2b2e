import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnostics, exampleConfiguration, load } from '@tandem/resource';
import { expect, it } from 'vitest';
import { banner } from './banner.ts';

const settings = { httpListen: { host: '127.0.0.1', port: 8080 } };
const edge = {
  listeners: [{ transport: 'udp' as const, host: '0.0.0.0', port: 5060, advertised: '192.0.2.1:5060' }],
};

/** What a start tells of its users, a line an element, when the tenant acme has these. */
async function told(names: readonly string[], ownAddresses = false): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-banner-'));
  const users = names.map((name) => ({ name, aliases: [`alias-of-${name}`], password: 'secret' }));
  const text = exampleConfiguration({ tenant: 'acme', domains: ['acme.example'], ownAddresses, users });
  await writeFile(join(folder, 'acme.yaml'), text);
  const snapshot = await load(folder, { builtIn: diagnostics('secret').resources });
  const lines = banner(settings, { folder, made: [] }, { edge, snapshot: () => snapshot }).split('\n');
  return lines
    .filter((line) => /user|sip:|more|Passwords/.test(line))
    .map((line) => line.replace(folder, '…'));
}

it('tells who may register, and where, but no password that it has not made', async () => {
  expect(await told(['anna', 'ben'])).toEqual([
    '  user  address',
    '  anna  sip:anna@acme.example',
    '  ben   sip:ben@acme.example',
    '  Passwords are in ….',
    '  register a phone                      user anna, server 192.0.2.1:5060; then call ben from another',
  ]);
});

it('names the address of the edge where that is the domain', async () => {
  expect(await told(['anna'], true)).toContain('  anna  sip:anna@192.0.2.1:5060');
});

it('tells of some users only when there are many', async () => {
  const lines = await told(['1', '2', '3', '4', '5', '6', '7']);
  expect(lines.filter((line) => line.includes('sip:'))).toHaveLength(5);
  expect(lines).toContain('  and 2 more');
});

it('says what to do when there is no user', async () => {
  expect(await told([])).toEqual([
    '  There is no user yet: add one to ….',
    '  register a phone                      user NAME, server 192.0.2.1:5060',
  ]);
});
