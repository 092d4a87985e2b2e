import { writeFileSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { configurationSourceCompliance, type Documents } from './compliance.ts';
import { Told } from './compliance-told.ts';
import { FilesSource } from './files.ts';

let temporary: string;

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'tandem-files-'));
});
afterAll(() => rm(temporary, { recursive: true }));

async function read(folder: string): Promise<Documents> {
  const paths = await readdir(folder, { recursive: true });
  const visible = paths.filter((path) => path.endsWith('.yaml') && !/(^|\/)\./.test(path)).sort();
  const texts = visible.map(async (path) => [
    basename(path, '.yaml'),
    await readFile(join(folder, path), 'utf8'),
  ]);
  return Object.fromEntries(await Promise.all(texts)) as Documents;
}

function open(
  folder: string,
  check = (documents: Documents): Documents => documents,
): FilesSource<Documents> {
  const load = async (of: string): Promise<Documents> => check(await read(of));
  return new FilesSource({ folder, load, version: (documents) => JSON.stringify(documents) });
}

configurationSourceCompliance('files', async () => {
  const folder = await mkdtemp(join(temporary, 'store-'));
  return {
    put: (name, text) => writeFile(join(folder, `${name}.yaml`), text),
    remove: (name) => unlink(join(folder, `${name}.yaml`)),
    open: (check) => open(folder, check),
  };
});

describe('FilesSource', () => {
  let parent: string;
  let folder: string;
  let source: FilesSource<Documents> | undefined;

  beforeEach(async () => {
    parent = await mkdtemp(join(temporary, 'parent-'));
    folder = join(parent, 'config');
    await mkdir(folder);
  });
  afterEach(() => source?.close());

  async function watch(): Promise<Told> {
    source = open(folder);
    const told = new Told(source);
    await source.start();
    return told;
  }

  it('sees a file that an editor renames into place', async () => {
    await writeFile(join(folder, 'a.yaml'), '1');
    const told = await watch();
    for (const text of ['2', '3']) {
      await writeFile(join(folder, '.a.yaml.swp'), text);
      await rename(join(folder, '.a.yaml.swp'), join(folder, 'a.yaml'));
      await told.change({ a: text });
    }
  });

  it('sees folders that come with files, and what changes in them', async () => {
    const told = await watch();
    const deep = join(folder, 'acme', 'users', 'sales');
    await mkdir(deep, { recursive: true });
    await writeFile(join(deep, 'a.yaml'), '1');
    await told.change({ a: '1' });
    await writeFile(join(deep, 'a.yaml'), '2');
    await told.change({ a: '2' });
    await rename(join(folder, 'acme'), join(parent, 'away'));
    await told.change({});
  });

  it('sees a volume of Kubernetes updated by the swap of a link', async () => {
    const publish = async (revision: string, text: string): Promise<void> => {
      await mkdir(join(folder, `..${revision}`));
      await writeFile(join(folder, `..${revision}`, 'a.yaml'), text);
      await symlink(`..${revision}`, join(folder, '..data_tmp'));
      await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    await publish('r1', '1');
    await symlink(join('..data', 'a.yaml'), join(folder, 'a.yaml'));
    const told = await watch();
    for (const revision of [2, 3]) {
      await publish(`r${revision}`, String(revision));
      await rm(join(folder, `..r${revision - 1}`), { recursive: true });
      await told.change({ a: String(revision) });
    }
  });

  it('sees the folder itself swapped by a link, anywhere above it', async () => {
    for (const version of ['1', '2']) {
      await mkdir(join(parent, version, 'config'), { recursive: true });
      await writeFile(join(parent, version, 'config', 'a.yaml'), version);
    }
    await symlink('1', join(parent, 'current'));
    folder = join(parent, 'current', 'config');
    const told = await watch();
    await symlink('2', join(parent, 'next'));
    await rename(join(parent, 'next'), join(parent, 'current'));
    await told.change({ a: '2' });
    await writeFile(join(parent, '2', 'config', 'a.yaml'), '3');
    await told.change({ a: '3' });
  });

  it('sees a change to a file that a link leads to', async () => {
    const target = join(parent, 'elsewhere', 'a.yaml');
    await mkdir(join(parent, 'elsewhere'));
    await writeFile(target, '1');
    await symlink(target, join(folder, 'a.yaml'));
    const told = await watch();
    await writeFile(target, '2');
    await told.change({ a: '2' });
    await writeFile(`${target}.new`, '3');
    await rename(`${target}.new`, target);
    await told.change({ a: '3' });
  });

  it('sees the folder come back after it was removed', async () => {
    await writeFile(join(folder, 'a.yaml'), '1');
    const told = await watch();
    await rm(folder, { recursive: true });
    await told.fault(`ENOENT: no such file or directory, scandir '${folder}'`);
    await mkdir(folder);
    await writeFile(join(folder, 'a.yaml'), '2');
    await told.change({ a: '2' });
    await writeFile(join(folder, 'a.yaml'), '3');
    await told.change({ a: '3' });
  });

  it('sees what changes while the files are read for the first time', async () => {
    const file = join(folder, 'a.yaml');
    await writeFile(file, '1');
    source = open(folder, (documents) => {
      if (documents.a === '1') writeFileSync(file, '2');
      return documents;
    });
    const told = new Told(source);
    expect(await source.start()).toEqual({ a: '1' });
    await told.change({ a: '2' });
  });

  it('stays calm when a file is saved unchanged', async () => {
    await writeFile(join(folder, 'a.yaml'), '1');
    let loads = 0;
    const { promise: reloaded, resolve } = Promise.withResolvers<void>();
    source = open(folder, (documents) => {
      if (++loads === 2) resolve();
      return documents;
    });
    const told = new Told(source);
    await source.start();
    await utimes(join(folder, 'a.yaml'), 1, 1);
    await reloaded;
    await writeFile(join(folder, 'a.yaml'), '2');
    await told.change({ a: '2' });
    expect(told.changes).toEqual([{ a: '2' }]);
  });
});
