/** A variable of a container. */
export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
  };
}

/** What Kubernetes makes of the variables of a container, for a pod at an address; a secret is as good as its key. */
export function environment(variables: readonly Variable[], address: string): Record<string, string> {
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': 'sw-tandem-edge-0',
    'status.podIP': address,
    'status.podIPs': address,
    'status.hostIP': '192.0.2.1',
    'status.hostIPs': '192.0.2.1',
  };
  const known: Record<string, string> = {};
  for (const { name, value = '', valueFrom } of variables) {
    const { fieldRef, secretKeyRef } = valueFrom ?? {};
    const field = fieldRef && fields[fieldRef.fieldPath];
    const secret = secretKeyRef && `the secret ${secretKeyRef.name}/${secretKeyRef.key} of a test`;
    // As Kubernetes does it: what comes later, or is unknown, stays as it is written.
    const text = value.replace(/\$\((\w+)\)/g, (whole, own: string) => known[own] ?? whole);
    known[name] = field ?? secret ?? text;
  }
  return known;
}
