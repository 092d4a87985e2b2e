import { createHash } from 'node:crypto';

/** A variable of a container. */
export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
  };
}

/** Where a pod is, and what is in its secrets. */
export interface PodPlace {
  readonly address: string;
  readonly pod: string;
  /** The address of its machine. */
  readonly machine?: string;
  /** By names such as `mine/password`; the same for all pods, if nobody says. */
  readonly secret?: (name: string) => string | undefined;
}

/** What Kubernetes makes of the variables of a container in a pod. */
export function environment(
  variables: readonly Variable[],
  { address, machine = '192.0.2.1', pod, secret: read = secretOf }: PodPlace,
): Record<string, string> {
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': pod,
    'status.podIP': address,
    'status.podIPs': address,
    'status.hostIP': machine,
    'status.hostIPs': machine,
  };
  const known: Record<string, string> = {};
  for (const { name, value = '', valueFrom } of variables) {
    const { fieldRef, secretKeyRef } = valueFrom ?? {};
    const field = fieldRef && fields[fieldRef.fieldPath];
    const secret = secretKeyRef && read(`${secretKeyRef.name}/${secretKeyRef.key}`);
    // As Kubernetes does it: what comes later, or is unknown, stays as it is written.
    const text = value.replace(/\$\((\w+)\)/g, (whole, own: string) => known[own] ?? whole);
    known[name] = field ?? secret ?? text;
  }
  return known;
}

/** A letter first, as the secrets of the chart. */
function secretOf(name: string): string {
  return `s${createHash('sha256').update(name).digest('hex')}`;
}
