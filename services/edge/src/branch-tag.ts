import { createHmac } from 'node:crypto';

/** What stands for an edge in the branches that it writes, the same to all edges. */
export type BranchTag = (node: string) => string;

/** A branch goes out to phones: it tells the edges whose it is, and nobody else what a node is called. */
export function branchTags(secret: Uint8Array): BranchTag {
  const known = new Map<string, string>();
  return (node) => {
    const tag =
      known.get(node) ?? createHmac('sha256', secret).update(`branch\0${node}`).digest('hex').slice(0, 12);
    known.set(node, tag);
    return tag;
  };
}
