/** Where objects are in the Kubernetes API: all of a kind, or one by its name. */
export interface ObjectPlace {
  /** Undefined for the core group, which has pods, services and nodes. */
  readonly group?: string;
  readonly version: string;
  /** Undefined for what belongs to no namespace, such as nodes. */
  readonly namespace?: string;
  /** In the plural: `pods`. */
  readonly resource: string;
  readonly name?: string;
  /** A part of the object with permissions of its own. */
  readonly subresource?: 'status';
}

/** What the API tells of itself, such as the kinds of a group: everybody whom it knows may ask. */
export type ApiPath = '/version' | `/apis/${string}`;

/** What the API calls what is done to an object; RBAC grants these. */
export type Verb = 'get' | 'list' | 'patch' | 'delete';

export function secretIn(namespace: string, name: string): ObjectPlace {
  return placeIn(namespace, 'secrets', name);
}

export function podsIn(namespace: string, name?: string): ObjectPlace {
  return placeIn(namespace, 'pods', name);
}

/** A pod's state, by which its annotations can be changed as well, and nothing that it runs. */
export function podStatus(namespace: string, name: string): ObjectPlace {
  return { ...podsIn(namespace, name), subresource: 'status' };
}

export function servicesIn(namespace: string, name?: string): ObjectPlace {
  return placeIn(namespace, 'services', name);
}

function placeIn(namespace: string, resource: string, name: string | undefined): ObjectPlace {
  return { version: 'v1', namespace, resource, ...(name !== undefined && { name }) };
}

export function nodeNamed(name: string): ObjectPlace {
  return { version: 'v1', resource: 'nodes', name };
}

/** The path of a URL; a name cannot lead out of its place. */
export function pathOf(place: ObjectPlace | ApiPath): string {
  if (typeof place === 'string') return place;
  const { group, version, namespace, resource, name, subresource } = place;
  const parts = [
    ...(group === undefined ? ['api'] : ['apis', group]),
    version,
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    resource,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}

/** What a role has to grant, in the words of RBAC. */
export function permissionFor(verb: Verb, place: ObjectPlace | ApiPath): string {
  if (typeof place === 'string') return 'the ClusterRole system:discovery';
  const { group, namespace, resource, subresource } = place;
  const part = subresource === undefined ? resource : `${resource}/${subresource}`;
  const what = group === undefined ? part : `${part} of ${group}`;
  const kind = namespace === undefined ? 'ClusterRole' : `Role in namespace ${namespace}`;
  return `a ${kind} with the verb ${verb} on ${what}`;
}
