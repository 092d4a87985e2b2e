import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { secretsIn } from './secrets.ts';

const root = join(import.meta.dirname, '../..');
const left = ['node_modules', '.git', 'coverage', 'tandem-data'];
/** These say what is looked for. */
const here = /^test\/hostile\/secrets(?:\.test)?\.ts$/;
/** What stands for a password in an example, where nobody can take it for one. */
const placeholders = /^(?:change-me(?:-too)?|<secret>|""|''|\$)$/;
const password =
  /\b(?:[A-Z_]*_)?(?:password|passwd|secret|token|PASSWORD|SECRET|TOKEN)["']?:[ \t]+["']?([^\s,}"'{[]+)/g;

function files(pattern: string): string[] {
  const found = globSync(pattern, { cwd: root, exclude: (name) => left.includes(name.split('/').at(-1)!) });
  return found.filter((file) => !here.test(file) && statSync(join(root, file)).isFile());
}

function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

// W-42, W-52
describe('what is published', () => {
  it.each([
    ['a private key', `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0B'.repeat(3)}`],
    ['a login that everybody knows', 'superadmin'],
    ['a login that everybody knows', 'admin/admin'],
    ['a key of a cloud', `AKIA${'A'.repeat(16)}`],
  ])('is searched for %s', (what, text) => {
    expect(secretsIn(text)).toEqual([what]);
  });

  it('has no key, no token and no login in it', () => {
    const all = files('**/*');
    expect(all.length).toBeGreaterThan(500);
    const found = all.map((file) => [file, ...secretsIn(textOf(file))]).filter(({ length }) => length > 1);
    expect(found).toEqual([]);
  });

  it('has no password in the chart and in the examples but one that stands for another', () => {
    const all = files('{charts,deploy}/**/*.{yaml,yml,json,env}');
    expect(all.length).toBeGreaterThan(10);
    const found = all.flatMap((file) =>
      [...textOf(file).matchAll(password)].map(([line, value = '']) => ({ file, line, value })),
    );
    expect(found.filter(({ value }) => !placeholders.test(value))).toEqual([]);
  });
});
