import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFiles } from './output-folder.ts';

const files = new Map([['users.yaml', 'kind: User\n']]);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-output-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('where an import goes', () => {
  it('is for its owner alone: there are passwords in it', async () => {
    const made = join(folder, 'made', 'config');
    await writeFiles(made, files);
    expect(await readFile(join(made, 'users.yaml'), 'utf8')).toBe('kind: User\n');
    expect((await stat(join(made, 'users.yaml'))).mode & 0o777).toBe(0o600);
    expect((await stat(made)).mode & 0o777).toBe(0o700);
  });

  it('is left alone when there is a configuration', async () => {
    await writeFile(join(folder, 'home.yaml'), 'mine');
    await expect(writeFiles(folder, files)).rejects.toThrow(
      /^argument-invalid: --output: there is a home.yaml/,
    );
    expect(await readdir(folder)).toEqual(['home.yaml']);
  });

  it('has to be a folder', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(writeFiles(join(folder, 'file'), files)).rejects.toThrow(
      /^argument-invalid: --output: EEXIST/,
    );
  });
});
