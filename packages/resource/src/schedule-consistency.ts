import type { TimeCondition } from './condition.ts';
import type { FieldPath } from './issue.ts';
import { type Located, ofKind, problemAt } from './located.ts';
import { nearestHint } from './nearest.ts';
import type { Problem } from './problem.ts';

/** Schedules that are named, but not there. */
export function* checkSchedules(all: readonly Located[]): Iterable<Problem> {
  const known = Map.groupBy(ofKind(all, 'Schedule'), ({ resource }) => resource.metadata.tenant);
  for (const { located, path, tenant, condition } of conditionsOf(all)) {
    const names = (known.get(tenant) ?? []).map(({ resource }) => resource.metadata.name);
    for (const field of ['during', 'outside'] as const) {
      const name = condition[field];
      if (name === undefined || names.includes(name)) continue;
      const problem = `${name} is no schedule of the tenant${nearestHint(name, names)}`;
      yield problemAt(located, [...path, field], problem);
    }
  }
}

interface Named {
  readonly located: Located;
  readonly path: FieldPath;
  readonly tenant: string;
  readonly condition: TimeCondition;
}

function* conditionsOf(all: readonly Located[]): Iterable<Named> {
  for (const located of ofKind(all, 'Route')) {
    const { metadata, spec } = located.resource;
    yield { located, path: ['spec', 'match'], tenant: metadata.tenant, condition: spec.match };
  }
  for (const located of ofKind(all, 'Number')) {
    const { metadata, spec } = located.resource;
    for (const [index, { when }] of spec.rules.entries()) {
      yield { located, path: ['spec', 'rules', index, 'when'], tenant: metadata.tenant, condition: when };
    }
  }
}
