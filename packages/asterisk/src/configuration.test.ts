import { describe, expect, it } from 'vitest';
import { readConfiguration } from './configuration.ts';
import { fatesOf, folderOf } from './fixture.ts';
import { Ledger } from './ledger.ts';

function read(files: Record<string, string> | string, main = 'a.conf') {
  const ledger = new Ledger();
  const folder = folderOf(typeof files === 'string' ? { [main]: files } : files);
  const sections = readConfiguration(folder, main, ledger);
  const shown = sections.map(({ name, options }) =>
    `[${name}] ${options.map((option) => `${option.name}=${option.value}`).join(' ')}`.trim(),
  );
  return {
    shown,
    left: () => fatesOf({ entries: [...ledger.entries()] }).filter((each) => !/ nothing asked/.test(each)),
  };
}

describe('sections', () => {
  it.each([
    ['options by either sign', '[a]\nb = 1\nc => 2\nD=x=y', ['[a] b=1 c=2 d=x=y']],
    ['templates', '[t](!)\nb=1\n[a](t)\nb=2', ['[t] b=1', '[a] b=1 b=2']],
    [
      'several templates, in their order',
      '[t](!)\nb=1\n[u](!)\nb=2\n[a](t,u)',
      ['[t] b=1', '[u] b=2', '[a] b=1 b=2'],
    ],
    [
      'templates of templates',
      '[t](!)\nb=1\n[u](!,t)\nc=2\n[a](u)',
      ['[t] b=1', '[u] b=1 c=2', '[a] b=1 c=2'],
    ],
    ['what inherits from a section that is no template', '[a]\nb=1\n[c](a)', ['[a] b=1', '[c] b=1']],
    ['additions', '[a]\nb=1\n[c]\n[a](+)\nd=2', ['[a] b=1 d=2', '[c]']],
    [
      'additions to one of several',
      '[a]\ntype=x\n[a]\ntype=y\n[a](+type=y)\nd=2',
      ['[a] type=x', '[a] type=y d=2'],
    ],
    ['additions that inherit', '[t](!)\nb=1\n[a]\n[a](+,t)', ['[t] b=1', '[a] b=1']],
    ['values that are appended', '[t](!)\nb=1\n[a](t)\nb+=,2', ['[t] b=1', '[a] b=1 b=1,2']],
    ['several of a name', '[a]\ntype=x\n[a]\ntype=y', ['[a] type=x', '[a] type=y']],
  ])('are read with %s', (_, text, sections) => {
    expect(read(text).shown).toEqual(sections);
  });

  it.each([
    ['b=1\n[a]', 'a.conf:1 left stands before any section'],
    ['[a](nobody)\nb=1', 'a.conf:1 left there is no section nobody before it to inherit from'],
    ['[a](+)', 'a.conf:1 left there is no section a to add to'],
    ['[a](+type=y)', 'a.conf:1 left there is no section a to add to'],
    ['[a\n', 'a.conf:1 left is no heading of a section'],
    ['[a] and more\n', 'a.conf:1 left is no heading of a section'],
    ['[a]\nnothing', 'a.conf:2 left is neither a section nor an option'],
    ['#exec /bin/touch x', 'a.conf:1 left nothing is executed: import what it prints'],
    ['#pragma x', 'a.conf:1 left is no directive'],
    ['#include b.conf', 'a.conf:1 left there is no b.conf'],
    [
      '#include /etc/shadow',
      'a.conf:1 left /etc/shadow is outside of the folder, which nothing is read from',
    ],
    ['#include ../b.conf', 'a.conf:1 left ../b.conf is outside of the folder, which nothing is read from'],
    [
      '#include x/../../b.conf',
      'a.conf:1 left x/../../b.conf is outside of the folder, which nothing is read from',
    ],
    ['#tryinclude b.conf', 'a.conf:1 meaningless there is no b.conf'],
  ])('tell of %j', (text, fate) => {
    expect(read(text).left()).toContain(fate);
  });

  it('lose the options of a heading that could not be read, and tell of them', () => {
    const { shown, left } = read('[a](nobody)\nsecret=1\n[b]\nc=2');
    expect(shown).toEqual(['[b] c=2']);
    expect(left()).toContain('a.conf:2 left belongs to a section that could not be read');
  });
});

describe('inclusions', () => {
  it.each([
    ['a file', '#include b.conf'],
    ['a file in quotes', '#include "b.conf"'],
    ['a file in brackets', '#include <b.conf>'],
    ['where Asterisk has it', '#include /etc/asterisk/b.conf'],
    ['a file that may be missing', '#tryinclude b.conf'],
    ['files by a pattern', '#include b*.conf'],
  ])('read %s', (_, line) => {
    const files = { 'a.conf': `[a]\n${line}\n`, 'b.conf': 'b=1\n[c]\nd=2' };
    expect(read(files).shown).toEqual(['[a] b=1', '[c] d=2']);
  });

  it('read all files of a folder, in order', () => {
    const files = {
      'a.conf': '#include d/*.conf',
      'd/2.conf': '[two]',
      'd/1.conf': '[one]',
      'd/x.txt': '[x]',
    };
    expect(read(files).shown).toEqual(['[one]', '[two]']);
  });

  it('end where they come around', () => {
    const files = { 'a.conf': '[a]\n#include b.conf', 'b.conf': '#include a.conf\nb=1' };
    const { shown, left } = read(files);
    expect(shown).toEqual(['[a] b=1']);
    expect(left()).toContain('b.conf:1 left a.conf includes itself');
  });

  it('end 16 deep', () => {
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, depth) => [`${depth}.conf`, `#include ${depth + 1}.conf`]),
    );
    expect(read(files, '0.conf').left()).toContain(
      '15.conf:1 left files include each other more than 16 deep',
    );
  });
});

describe('what is over a cap', () => {
  it.each([
    [
      'more files than 1000',
      { 'a.conf': '#include b.conf\n'.repeat(1_000), 'b.conf': '' },
      /more than 1000 files, at b.conf/,
    ],
    ['templates that double each time', doubling(), /more than 2000 options .*: \[t11\] at a.conf:/],
    [
      'an endless section',
      { 'a.conf': `[a]\n${'b=1\n'.repeat(2_001)}` },
      /more than 2000 options .*: \[a\] at a.conf:1/,
    ],
    ['many heirs of large templates', { 'a.conf': heirs() }, /more than 1000000 options in all/],
  ])('is refused: %s', (_, files, message) => {
    expect(() => read(files as Record<string, string>)).toThrow(message);
  });
});

function doubling(): Record<string, string> {
  const deep = Array.from({ length: 40 }, (_, depth) => `[t${depth + 1}](!,t${depth},t${depth})`);
  return { 'a.conf': `[t0](!)\nb=1\n${deep.join('\n')}` };
}

function heirs(): string {
  return `[t](!)\n${'b=1\n'.repeat(1_999)}${'[a](t)\n'.repeat(501)}`;
}
