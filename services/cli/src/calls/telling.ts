import type { CallStory, Diagnosis } from './story.ts';

/** A call in words, line by line. */
export function tell({ calls, callIds, decision, diagnoses, end }: CallStory): string {
  const names = [...callIds.map((id) => `Call-ID ${id}`), ...calls.map((id) => `call ${id}`)];
  const broken = diagnoses.length === 0 ? ['layer: none'] : diagnoses.flatMap(describe);
  return [
    names.join(', '),
    ...titled('decision', decision),
    ...titled('end', end),
    ...(end.length === 0 && diagnoses.length === 0 ? ['end: none yet'] : broken),
  ].join('\n');
}

function titled(name: string, [first, ...rest]: readonly string[]): string[] {
  return first === undefined ? [] : [`${name}: ${first}`, ...rest.map((line) => `  ${line}`)];
}

function describe({ cause, code, direction, evidence, hint, layer, object, status }: Diagnosis): string[] {
  return [
    `layer: ${layer}`,
    `object: ${object}`,
    `code: ${[code, status, cause && `Q.850 ${cause}`].filter(Boolean).join(', ')}`,
    ...(direction === undefined ? [] : [`direction: ${direction}`]),
    ...evidence.map((line) => `evidence: ${line}`),
    `hint: ${hint}`,
  ];
}
