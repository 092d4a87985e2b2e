import type { FieldPath } from './issue.ts';
import { type Located, ofKind, problemAt } from './located.ts';
import { Pattern } from './pattern.ts';
import type { Problem } from './problem.ts';

/** Steps of all patterns of a tenant: the worst decision tries each of them, and takes less than 10 ms even so. */
const maxTenantSteps = 10_000;

/** Tenants whose patterns together would take too long: the first pattern too many is named. */
export function* checkPatterns(all: readonly Located[]): Iterable<Problem> {
  const taken = new Map<string, number>();
  for (const located of [...ofKind(all, 'Route'), ...ofKind(all, 'Number'), ...ofKind(all, 'Trunk')]) {
    const { metadata, spec } = located.resource;
    for (const { path, pattern } of patternsIn(spec, ['spec'])) {
      const before = taken.get(metadata.tenant) ?? 0;
      const steps = before + pattern.steps;
      taken.set(metadata.tenant, steps);
      if (before > maxTenantSteps || steps <= maxTenantSteps) continue;
      const problem = `makes it ${steps} steps for all patterns of the tenant, more than ${maxTenantSteps}: prefixes take none`;
      yield problemAt(located, path, problem);
    }
  }
}

function* patternsIn(
  value: unknown,
  path: FieldPath,
): Iterable<{ readonly path: FieldPath; readonly pattern: Pattern }> {
  if (value instanceof Pattern) yield { path, pattern: value };
  else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) yield* patternsIn(each, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) yield* patternsIn(each, [...path, name]);
  }
}
