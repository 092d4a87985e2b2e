import { InvalidArgumentError } from 'commander';

/** A version of Kubernetes, as far as it says what there is. */
export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** A kind of objects, or all that a group serves. */
export interface NeededApi {
  readonly group: string;
  readonly version: string;
  readonly kind: string | undefined;
}

export interface NeededSecret {
  readonly name: string;
  readonly keys: readonly string[];
}

/** What a release needs of the cluster that it is to be installed in. */
export interface Needs {
  readonly kubernetes?: Version;
  readonly defaultStorageClass?: true;
  readonly storageClasses?: readonly string[];
  readonly loadBalancer?: true;
  readonly hostNetwork?: true;
  readonly apis?: readonly NeededApi[];
  readonly secrets?: readonly NeededSecret[];
}

const name = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const key = /^[A-Za-z0-9._-]{1,253}$/;

/** Of `v1.34.0-eks-1` or `1.29`. */
export function versionIn(text: string): Version | undefined {
  const [, major, minor] = /^v?([0-9]{1,3})\.([0-9]{1,3})/.exec(text) ?? [];
  return minor === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

export function parseVersion(text: string): Version {
  const version = versionIn(text);
  if (version) return version;
  throw new InvalidArgumentError('must be a version, such as 1.29');
}

export function parseNames(text: string): string[] {
  return text.split(',').map((each) => {
    if (name.test(each)) return each;
    throw new InvalidArgumentError('must be names, with commas between');
  });
}

export function parseApis(text: string): NeededApi[] {
  return text.split(',').map((each) => {
    const [, group = '', version, kind] =
      /^([a-z0-9.-]{1,253})\/([a-z0-9]{1,63})(?:\/([A-Za-z]{1,63}))?$/.exec(each) ?? [];
    if (version !== undefined) return { group, version, kind };
    throw new InvalidArgumentError('must be GROUP/VERSION or GROUP/VERSION/KIND, with commas between');
  });
}

export function parseSecrets(text: string): NeededSecret[] {
  return text.split(',').map((each) => {
    const [first = '', ...keys] = each.split(':');
    if (name.test(first) && keys.every((one) => key.test(one))) return { name: first, keys };
    throw new InvalidArgumentError('must be NAME or NAME:KEY:…, with commas between');
  });
}
