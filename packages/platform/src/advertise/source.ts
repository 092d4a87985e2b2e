import { parseBareHostPort } from '@tandem/sip';
import { formatHostPort, type HostPort, isWildcard } from '../settings/address.ts';

/** The node that a pod is on: its own addresses, or what a label or an annotation of it says. */
export interface NodeSource {
  readonly from: 'node';
  readonly named: { readonly by: 'label' | 'annotation'; readonly key: string } | undefined;
}

/** A Service of type LoadBalancer; of the namespace of this pod when that is undefined. */
export interface ServiceSource {
  readonly from: 'service';
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Where an address comes from that others are told. */
export type AddressSource =
  | NodeSource
  | ServiceSource
  /** An operator has written it; the host is without brackets. */
  | { readonly from: 'given'; readonly host: string; readonly port: number | undefined }
  /** The metadata service of the cloud that this machine is in. */
  | { readonly from: 'cloud' }
  /** What a STUN server sees (RFC 5389). */
  | { readonly from: 'stun'; readonly server: HostPort };

/** What finds an address, for messages. */
export const sourceForms =
  'cloud, node, node:label:KEY, node:annotation:KEY, service:[NAMESPACE/]NAME or stun:HOST[:PORT]';

const maxSources = 8;
/** RFC 5389 §9. */
const stunPort = 3478;

/** Several with commas between; undefined when one of them is none. */
export function parseAddressSources(text: string): readonly AddressSource[] | undefined {
  const sources = text.split(',').map((part) => parseSource(part.trim()));
  return sources.length <= maxSources && sources.every((each) => each !== undefined) ? sources : undefined;
}

/** Whether it stays as it is, so that nobody has to look for it. */
export function isGiven(source: AddressSource): source is AddressSource & { from: 'given' } {
  return source.from === 'given';
}

/** Whether the API of the cluster knows it. */
export function isOfCluster({ from }: AddressSource): boolean {
  return from === 'node' || from === 'service';
}

/** As it is written in a setting. */
export function formatSource(source: AddressSource): string {
  if (source.from === 'cloud') return 'cloud';
  if (source.from === 'node') return source.named ? `node:${source.named.by}:${source.named.key}` : 'node';
  if (source.from === 'service') return `service:${[source.namespace ?? [], source.name].flat().join('/')}`;
  if (source.from === 'stun') return `stun:${formatHostPort(source.server)}`;
  return source.port === undefined ? source.host : formatHostPort({ host: source.host, port: source.port });
}

function parseSource(text: string): AddressSource | undefined {
  if (text === 'cloud') return { from: 'cloud' };
  if (text === 'node') return { from: 'node', named: undefined };
  const inCluster = parseInCluster(text);
  if (inCluster) return inCluster;
  if (text.startsWith('stun:')) return parseStun(text.slice('stun:'.length));
  const address = parseBareHostPort(text);
  if (!address || isWildcard(address.host)) return undefined;
  return { from: 'given', host: address.host, port: address.port };
}

function parseInCluster(text: string): AddressSource | undefined {
  const [, by, key] = /^node:(label|annotation):([A-Za-z0-9][A-Za-z0-9._/-]{0,316})$/.exec(text) ?? [];
  if (key !== undefined) return { from: 'node', named: { by: by as 'label' | 'annotation', key } };
  const [, namespace, name] = /^service:(?:([a-z0-9-]{1,63})\/)?([a-z][a-z0-9-]{0,62})$/.exec(text) ?? [];
  return name === undefined ? undefined : { from: 'service', namespace, name };
}

function parseStun(text: string): AddressSource | undefined {
  const server = parseBareHostPort(text);
  return server && { from: 'stun', server: { port: stunPort, ...server } };
}
