import type { HostPort, Member } from '@tandem/platform';
import { tellSystem } from '../../client.ts';
import type { ProbeAnswer } from '../../cluster/probe.ts';

/** What the nodes of a cluster say of what has come to them. */
export interface ClusterView {
  /** Has all nodes look out for a token. */
  begin(token: string): Promise<readonly ProbeAnswer[]>;
  /** What they have seen of it. */
  seen(token: string): Promise<readonly ProbeAnswer[]>;
}

/** One that knows who is there besides. */
export interface MemberView extends ClusterView {
  members(): readonly Pick<Member, 'tier' | 'id'>[];
}

/** By the HTTP address of any node, which answers this machine alone, or who is led there by `kubectl port-forward`. */
export function viewByHttp(http: HostPort): ClusterView {
  const ask = async (verb: string, token: string): Promise<readonly ProbeAnswer[]> => {
    const { rows } = await tellSystem<{ rows: readonly ProbeAnswer[] }>(http, '/v1/probe', { verb, token });
    return rows;
  };
  return { begin: (token) => ask('begin', token), seen: (token) => ask('seen', token) };
}
