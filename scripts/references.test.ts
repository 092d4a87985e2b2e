import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const isElsewhere = (name: string): boolean => /^(node_modules|tandem-data|dist)$|^\.[^.]/.test(name);

/** Below `root`, folders as well. */
const paths = globSync('**/*', { cwd: root, exclude: (path) => path.split('/').some(isElsewhere) });
const pages = paths.filter((path) => path.endsWith('.md'));

/** What links of a page lead to, from its own folder. */
function linked(text: string): string[] {
  const targets = Array.from(text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g), ([, target]) => target!);
  return targets.filter((target) => !target.includes(':'));
}

/** Files and folders of the code that a page names, in commands as well: from the root, or from a folder named before. */
function named(text: string): string[] {
  const words = text.split(/[\s`()[\]|,;]+/).map((word) => word.replace(/[.:/]+$/, ''));
  return words.filter((word) =>
    /^[\w./-]+\.(ts|proto)$|^(packages|services|loadtest|scripts)\/[\w./-]+$/.test(word),
  );
}

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8');

  it('leads to pages that are there', () => {
    expect(linked(text).filter((path) => !existsSync(join(root, dirname(page), path)))).toEqual([]);
  });

  it('names files that are there', () => {
    const known = (name: string): boolean => paths.some((path) => `/${path}`.endsWith(`/${name}`));
    expect(named(text).filter((name) => !known(name))).toEqual([]);
  });
});
