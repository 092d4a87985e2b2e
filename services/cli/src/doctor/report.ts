import type { Examined } from './doctor.ts';

/** A result on one line: what, whether it is well, what was measured, and on failure where to look. */
export function reportLine(result: Examined): string {
  const { on, name, status } = result;
  const head = [on.padEnd(4), name.padEnd(26), status.padEnd(7)];
  if (result.status === 'skipped') return head.join('  ').trimEnd();
  if (result.status === 'ok') return [...head, result.value].join('  ');
  return [...head, `${result.value} [${result.layer}: ${result.hint}]`].join('  ');
}

/** All results in one JSON document. */
export function reportJson(results: readonly Examined[]): string {
  return JSON.stringify({ ok: isWell(results), checks: results }, undefined, 2);
}

export function isWell(results: readonly Examined[]): boolean {
  return results.every(({ status }) => status === 'ok' || status === 'warning');
}
