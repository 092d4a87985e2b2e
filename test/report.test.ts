import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { counts } from './report.ts';

interface Test {
  readonly status: string;
  readonly meta: { readonly leftOut?: string };
}

function file(name: string, status: string, ...assertionResults: readonly Test[]): object {
  return { name: `/root/${name}`, status, assertionResults };
}

function test(status: string, leftOut?: string): Test {
  return { status, meta: leftOut ? { leftOut } : {} };
}

function report(...testResults: readonly object[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'report-')), 'report.json');
  writeFileSync(path, JSON.stringify({ testResults }));
  return path;
}

describe('the counts of a run', () => {
  it('are those of the tests', () => {
    const path = report(
      file('a', 'failed', test('passed'), test('failed')),
      file('b', 'passed', test('passed')),
    );
    expect(counts(path, '/root')).toEqual({ passed: 2, failed: 1, leftOut: [] });
  });

  it('take a file that could not be loaded as one failure', () => {
    expect(counts(report(file('a', 'failed')), '/root').failed).toBe(1);
  });

  it('name each file that was left out once, with the reason', () => {
    const left = test('skipped', 'no sipp');
    const path = report(file('a', 'passed', left, left), file('b', 'passed', test('todo')));
    expect(counts(path, '/root').leftOut).toEqual(['a: no sipp', 'b: todo']);
  });

  it('are nothing when there is no report', () => {
    expect(counts('/nowhere/report.json', '/root')).toEqual({ passed: 0, failed: 0, leftOut: [] });
  });
});
