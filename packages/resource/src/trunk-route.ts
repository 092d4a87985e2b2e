import type { Trunk } from './snapshot.ts';

/** Values of Route in what goes to a trunk. */
export function outboundRoute({ endpoint: { outboundProxy } }: Pick<Trunk, 'endpoint'>): string[] {
  return outboundProxy === undefined ? [] : [`<${outboundProxy}>`];
}
