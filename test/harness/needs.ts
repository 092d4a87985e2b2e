import { describe } from 'vitest';
import { installed, type Server, servers } from '../servers.ts';
import { lackOf, type Tool, tools } from '../tools.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Why these tests were left out; `pnpm test` prints it. */
    leftOut?: string;
  }
}

/** `namespace` is the private network that `pnpm test` runs everything in; every host needs it. */
export type Need = Server | Tool | 'namespace';

/**
 * The `describe` of a test file that cannot run without these. Where one is missing its tests are left out, with the
 * reason in the summary; in CI that is a failure.
 */
export function needs(...wanted: readonly Need[]): (name: string, body: () => void) => void {
  const leftOut = wanted.map(lack).filter(Boolean).join('; ');
  if (!leftOut) return describe;
  if (process.env.CI) throw new Error(leftOut);
  return (name, body) => describe(name, { skip: true, meta: { leftOut } }, body);
}

function lack(need: Need): string {
  if (isTool(need)) return lackOf(need);
  if (need !== 'namespace')
    return installed(need) ? '' : `${need} is not installed (package ${servers[need]})`;
  return process.env.TANDEM_TEST_NAMESPACE
    ? ''
    : 'there is no private network namespace, which `pnpm test` makes where it can';
}

function isTool(need: Need): need is Tool {
  return tools.some((tool) => tool === need);
}
