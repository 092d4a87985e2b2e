import { readFileSync } from 'node:fs';

/** The part that is read of what Vitest's JSON reporter writes. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed';
    readonly assertionResults: readonly {
      readonly status: string;
      readonly meta: { readonly leftOut?: string };
    }[];
  }[];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** One line for each file and reason. */
  readonly leftOut: readonly string[];
}

/** A file that failed without a failed test counts as one failure; so does a run that left no report. */
export function counts(file: string, root: string): Counts {
  const { testResults } = read(file);
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ status, meta }) => ({ name: name.replace(`${root}/`, ''), status, meta })),
  );
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const rest = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: tests.filter(({ status }) => status === 'failed').length + broken.length,
    leftOut: [...new Set(rest.map(({ name, meta, status }) => `${name}: ${meta.leftOut ?? status}`))],
  };
}

function read(file: string): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { testResults: [] };
  }
}
