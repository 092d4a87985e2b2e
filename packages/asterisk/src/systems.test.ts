import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '@tandem/resource';
import { describe, expect, it } from 'vitest';
import { importFiles } from './fixture.ts';
import { reportOf } from './report.ts';

const systems = join(import.meta.dirname, 'systems');

async function filesOf(system: string): Promise<Record<string, string>> {
  const paths = await readdir(join(systems, system), { recursive: true });
  const conf = paths.filter((path) => path.endsWith('.conf'));
  return Object.fromEntries(
    await Promise.all(
      conf.map(async (path) => [path, await readFile(join(systems, system, path), 'utf8')] as const),
    ),
  );
}

describe('AS-13, AS-40: the import of a whole system', () => {
  it.each(['small-office', 'templates', 'two-carriers'])('is as it was looked at: %s', async (system) => {
    const imported = await importFiles(await filesOf(system));
    const read = (name: string) => readFile(join(systems, system, name), 'utf8');
    expect([...imported.files.values()].join('---\n')).toBe(await read('expected.yaml'));
    expect(`${reportOf(imported, true).join('\n')}\n`).toBe(await read('expected.txt'));
  });

  it.each(['small-office', 'templates', 'two-carriers'])('loads: %s', async (system) => {
    const { files, counts } = await importFiles(await filesOf(system));
    const folder = await mkdtemp(join(tmpdir(), 'tandem-import-'));
    for (const [name, text] of files) await writeFile(join(folder, name), text);
    const snapshot = await load(folder);
    await rm(folder, { recursive: true });
    expect(snapshot.userCount).toBe(counts.get('User'));
    expect(snapshot.routes('office')).toHaveLength(counts.get('Route')!);
  });

  it.each(['small-office', 'templates', 'two-carriers'])('tells no password: %s', async (system) => {
    const files = await filesOf(system);
    const report = reportOf(await importFiles(files), true).join('\n');
    const passwords = Object.values(files).flatMap((text) =>
      Array.from(
        text.matchAll(/^(?:password|secret|md5_?(?:secret|cred)|remotesecret) ?= ?(.*)$/gm),
        ([, secret]) => secret!,
      ),
    );
    expect(passwords.length).toBeGreaterThan(2);
    for (const password of [...passwords, 'letmein'])
      expect(report).not.toContain(password.replaceAll('\\', ''));
  });
});
