import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importAsterisk, maxOctets } from '@tandem/asterisk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolder } from './asterisk-folder.ts';

let outside: string;
let folder: string;

beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'tandem-asterisk-'));
  folder = join(outside, 'asterisk');
  await mkdir(join(folder, 'pjsip.d'), { recursive: true });
});
afterEach(() => rm(outside, { recursive: true }));

describe('the folder that is imported', () => {
  it('has its files and those below, as text', async () => {
    await writeFile(join(folder, 'pjsip.conf'), '#include pjsip.d/*.conf\n');
    await writeFile(join(folder, 'pjsip.d/a.conf'), 'añ', 'latin1');
    const opened = openFolder(folder);
    expect(opened.paths).toEqual(['pjsip.conf', 'pjsip.d/a.conf']);
    expect(opened.read('pjsip.d/a.conf')).toEqual({ text: 'añ' });
  });

  it('may be one file, with what that includes', async () => {
    await writeFile(join(folder, 'pjsip.conf'), '[1001]\ntype=endpoint\n');
    await writeFile(join(folder, 'sip.conf'), '[1002]\ntype=friend\n');
    const { entries } = await importAsterisk(openFolder(join(folder, 'sip.conf')), {
      tenant: 'a',
      domains: [],
      ownAddresses: true,
      timezone: 'UTC',
    });
    expect(new Set(entries.map(({ file }) => file))).toEqual(new Set(['sip.conf']));
  });

  it.each([
    [
      'a link that leads out',
      () => symlink(join(outside, 'secret'), join(folder, 'x.conf')),
      /leads out of the folder/,
    ],
    ['what is no text', () => writeFile(join(folder, 'x.conf'), 'a\0b'), /something else than text/],
    ['a folder', () => symlink(join(folder, 'pjsip.d'), join(folder, 'x.conf')), /is no file/],
    ['a link to nowhere', () => symlink(join(folder, 'nowhere'), join(folder, 'x.conf')), /ENOENT/],
    ['a file that is too large', () => tooLarge(join(folder, 'x.conf')), /larger than/],
  ])('does not read %s', async (_, make, problem) => {
    await writeFile(join(outside, 'secret'), 'hush-hush');
    await make();
    expect(openFolder(folder).read('x.conf')).toEqual({ problem: expect.stringMatching(problem) });
  });

  it.each([
    ['that is not there', () => join(outside, 'nowhere'), /^import-unreadable: .*ENOENT/],
    ['that has nothing of Asterisk', () => folder, /^import-unreadable: there is none of pjsip.conf/],
  ])('is refused %s', async (_, path, message) => {
    const importing = async () =>
      importAsterisk(openFolder(path()), { tenant: 'a', domains: [], ownAddresses: true, timezone: 'UTC' });
    await expect(importing()).rejects.toThrow(message);
  });

  it('is refused when a file that it begins with cannot be read', async () => {
    await writeFile(join(folder, 'pjsip.conf'), '[a]\0');
    const importing = importAsterisk(openFolder(folder), {
      tenant: 'a',
      domains: [],
      ownAddresses: true,
      timezone: 'UTC',
    });
    await expect(importing).rejects.toThrow(/^import-unreadable: pjsip.conf holds something else than text/);
  });
});

/** A file with nothing in it but its size. */
async function tooLarge(path: string): Promise<void> {
  await writeFile(path, '');
  await truncate(path, maxOctets + 1);
}
