import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configurationPrefix, createLog, storedSources } from '@tandem/platform';
import { findProblems, formatProblem } from '@tandem/resource';
import { beforeEach, expect, it } from 'vitest';
import { needs } from '../../../../test/harness/needs.ts';
import { apply } from './apply.ts';
import { type Backup, backupOf, checkWhole, exportOf } from './backup.ts';
import { backupAt, keepBackup } from './backup-file.ts';
import { describeStep, stepsToExactly } from './change.ts';
import { OwnStore } from './fixture.ts';

const describe = needs('etcd', 'namespace');
const log = createLog({ level: 'silent', node: 'test', destination: 2 });
const noon = new Date('2026-03-04T12:00:00Z');

const tenant =
  'apiVersion: tandem/v1\nkind: Tenant\nmetadata: { name: acme }\nspec: { domains: [acme.example] }\n';

/** As somebody wrote it, comments and order included. */
function user(name: string, spec = '{ credentials: { password: hunter2 } } # by hand'): string {
  return `kind: User\napiVersion: tandem/v1\nmetadata: { tenant: acme, name: "${name}" }\nspec: ${spec}\n`;
}

function textOf(backup: Backup): string {
  if ('text' in backup) return backup.text;
  throw new Error(backup.problems.join());
}

describe('a backup of the configuration', () => {
  const own = new OwnStore(log);
  const put = own.put.bind(own);

  beforeEach(async () => {
    await put('Tenant/acme/acme', tenant);
    for (const name of ['1001', '1002']) await put(`User/acme/${name}`, user(name));
  });

  async function backup(): Promise<string> {
    return textOf(backupOf(await own.store.read()));
  }

  async function restored(text: string): Promise<readonly string[]> {
    const outcome = await apply(own.store, [{ path: 'backup.yaml', text }], stepsToExactly);
    return 'steps' in outcome ? outcome.steps.map(describeStep) : outcome.problems;
  }

  it('FP-24: puts back all that was lost, byte by byte, and nothing else', async () => {
    const before = await backup();
    for (const path of ['User/acme/1001', 'Tenant/acme/acme']) await put(path);
    await put('User/acme/1002', user('1002', '{ credentials: { password: forgotten } }'));
    await put('User/acme/1003', user('1003'));
    expect(await restored(before)).toEqual([
      'created Tenant/acme/acme',
      'created User/acme/1001',
      'changed User/acme/1002',
      'deleted User/acme/1003',
    ]);
    expect(await backup()).toBe(before);
  });

  it('removes a tenant after what is its own', async () => {
    const before = await backup();
    await put('Tenant/beta/beta', tenant.replaceAll('acme', 'beta'));
    await put('User/beta/1', user('1').replace('acme', 'beta'));
    expect((await restored(before)).slice(-2)).toEqual(['deleted User/beta/1', 'deleted Tenant/beta/beta']);
  });

  it('cannot be made of what has no secrets', async () => {
    const shown = textOf(await exportOf(await own.store.read()));
    expect(shown).not.toContain('hunter2');
    expect(await restored(shown)).toEqual([
      expect.stringMatching(
        /^backup\.yaml:\d+ User\/1001 spec\.credentials\.password: stands for a password/,
      ),
      expect.stringContaining('User/1002'),
    ]);
  });

  it('W-54: has what this release does not know as well, which is named', async () => {
    await put('User/acme/1002', user('1002', '{ voicemail: { pin: 1 }, credentials: { password: x } }'));
    const stored = await own.store.read();
    const problem = `${configurationPrefix}User/acme/1002:4 User/1002 spec.voicemail: is unknown`;
    expect(textOf(backupOf(stored))).toContain('voicemail');
    expect(await exportOf(stored)).toEqual({ problems: [problem] });
    expect((await findProblems(storedSources(stored.entries))).map(formatProblem)).toEqual([problem]);
  });

  it('is known for one that was cut off', async () => {
    const whole = await backup();
    const check = (text: string) => () => checkWhole({ path: 'b.yaml', text });
    const cut = whole.slice(0, whole.indexOf('kind: User'));
    expect(check(whole)).not.toThrow();
    expect(check(cut)).toThrow('backup-unusable: b.yaml: it ends early, after resource 1');
    expect(check(`${cut}---\n# End of 3 resources.\n`)).toThrow('b.yaml: 1 of 3 resources are in it');
  });

  it('is kept for its owner alone, in a folder beside the newest of the others', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'backup-'));
    await expect(backupAt(folder)).rejects.toThrow(`backup-unusable: ${folder}: no backup is in that folder`);
    const old = ['20260101', '20260102', '20260103'].map((day) => `tandem-${day}T000000Z.yaml`);
    for (const name of [...old, 'other.yaml']) await writeFile(join(folder, name), 'old');
    const file = await keepBackup(folder, 'text', 2, noon);
    expect(file).toBe(join(folder, 'tandem-20260304T120000Z.yaml'));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['other.yaml', old[2], 'tandem-20260304T120000Z.yaml']);
    expect(await backupAt(folder)).toBe(file);
  });

  it('takes the place of a file as a whole', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'backup-')), 'mine.yaml');
    await writeFile(file, 'old', { mode: 0o644 });
    expect(await keepBackup(file, 'new', 1, noon)).toBe(file);
    expect(await readFile(file, 'utf8')).toBe('new');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(keepBackup('/nowhere/mine.yaml', 'new', 1, noon)).rejects.toThrow('backup-unusable: ENOENT');
    await expect(backupAt('/nowhere')).rejects.toThrow('backup-unusable: ENOENT');
  });
});
