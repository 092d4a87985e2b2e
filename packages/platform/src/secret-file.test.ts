import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadOrCreateSecret } from './secret-file.ts';

describe('loadOrCreateSecret', () => {
  let parent: string;
  let folder: string;
  let file: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'tandem-secret-'));
    folder = join(parent, 'deep', 'data');
    file = join(folder, 'cluster-secret');
  });
  afterEach(() => rm(parent, { recursive: true }));

  it('makes a secret that only its owner can read, and no other file', async () => {
    const secret = await loadOrCreateSecret(folder);
    expect(secret.reveal()).toMatch(/^[\w-]{43}$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(await readdir(folder)).toEqual(['cluster-secret']);
  });

  it('loads the secret that is there', async () => {
    const secret = await loadOrCreateSecret(folder);
    expect((await loadOrCreateSecret(folder)).reveal()).toBe(secret.reveal());
    expect(secret.reveal()).toBe(await readFile(file, 'utf8'));
  });

  it('gives all who start together the same secret', async () => {
    const secrets = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateSecret(folder)));
    expect(new Set(secrets.map((secret) => secret.reveal())).size).toBe(1);
  });

  it('takes no notice of a line end', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(file, `${'s'.repeat(40)}\n`);
    expect((await loadOrCreateSecret(folder)).reveal()).toBe('s'.repeat(40));
  });

  it('refuses a secret that is too short, without showing it', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(file, 'hunter2');
    await expect(loadOrCreateSecret(folder)).rejects.toThrow(
      `secret-unusable: ${file}: 7 characters, at least 32 are needed`,
    );
  });

  it('names the file that cannot be read', async () => {
    await mkdir(file, { recursive: true });
    await expect(loadOrCreateSecret(folder)).rejects.toThrow(`secret-unusable: ${file}: EISDIR`);
  });

  it('names the folder that cannot be written', async () => {
    await writeFile(join(parent, 'deep'), 'in the way');
    await expect(loadOrCreateSecret(folder)).rejects.toThrow(`secret-unusable: ${file}: ENOTDIR`);
  });
});
