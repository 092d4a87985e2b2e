import type { event } from '@tandem/contract';

/** A diagnosis in lines of `name: value`, as traces keep it. */
export function describeDiagnosis(diagnosis: event.Diagnosis): string {
  const { cause, code, direction, evidence, hint, layer, object, status } = diagnosis;
  return [
    `layer: ${layer}`,
    `object: ${describeObject(object)}`,
    `code: ${code}`,
    ...(status === 0 ? [] : [`status: ${status}`]),
    ...(cause === 0 ? [] : [`cause: ${cause} (Q.850)`]),
    ...(direction === '' ? [] : [`direction: ${direction}`]),
    ...evidence.map((line) => `evidence: ${line}`),
    `hint: ${hint}`,
  ].join('\n');
}

/** `Trunk/carrier@acme endpoint`, `Tier/media`. */
function describeObject(object: event.BrokenObject | undefined): string {
  const known = object ?? { kind: 'Call', name: '', tenant: '', field: '' };
  return `${objectName(known)}${known.field && ` ${known.field}`}`;
}

/** `Trunk/carrier@acme`. */
export function objectName({ kind, name, tenant }: event.BrokenObject): string {
  return `${kind}/${name}${tenant && `@${tenant}`}`;
}
