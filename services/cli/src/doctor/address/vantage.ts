import type { ProbeAnswer } from '../../cluster/probe.ts';

export const kindsOfAddress = ['sip', 'rtp'] as const;

/** What is sent to an address. */
export type KindOfAddress = (typeof kindsOfAddress)[number];

/**
 * How what is sent from a pod gets to an address: as from everybody who is told it (`inside`), to a pod, to the machine of
 * this pod or another one of the cluster, or by a way that the cluster may shorten (`beyond`).
 */
export type Way = 'inside' | 'pod' | 'own-machine' | 'machine' | 'beyond';

/** A pod from which addresses are tried. */
export interface Vantage {
  /** Whoever is told addresses of these kinds is in the cluster. */
  readonly inside: readonly KindOfAddress[];
  /** The addresses of the machine of this pod. */
  readonly machine: readonly string[];
  /** What edges and media workers say of themselves. */
  readonly nodes: readonly ProbeAnswer[];
  /** A command that leads a port 8080 outside to the HTTP of a node. */
  readonly forward: string;
}

/** The way to an address; undefined stands for a name that has none. */
export function wayTo(
  address: string | undefined,
  kind: KindOfAddress,
  { inside, machine, nodes }: Vantage,
): Way {
  if (inside.includes(kind)) return 'inside';
  if (address === undefined) return 'beyond';
  if (nodes.some(({ pod }) => pod.includes(address))) return 'pod';
  if (machine.includes(address)) return 'own-machine';
  return nodes.some((node) => node.machine?.includes(address)) ? 'machine' : 'beyond';
}
