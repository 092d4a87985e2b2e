import { Secret } from '@tandem/resource';
import { expect, it } from 'vitest';
import { derive } from '../keys.ts';
import { NodeProof } from './node-proof.ts';

const now = 1_800_000_000_000;
const cluster = new NodeProof(derive(new Secret('the secret of all nodes of the cluster'), 'router'));
const foreign = new NodeProof(derive(new Secret('the secret of another cluster altogether'), 'router'));

it('knows a node of its cluster', () => {
  expect(cluster.check(cluster.issue('edge-1', now), now + 1_000)).toEqual({ node: 'edge-1' });
});

it('refuses a node with another secret, by its name', () => {
  expect(cluster.check(foreign.issue('edge-1', now), now)).toEqual({
    refused: 'the cluster secret of edge-1 is another one',
  });
});

it('refuses a proof that was overheard long ago', () => {
  const proof = cluster.issue('edge-1', now);
  expect(cluster.check(proof, now + 301_000)).toEqual({
    refused: "the clock of edge-1 is 301 s off this one's",
  });
});

it('refuses a proof that was changed', () => {
  const proof = cluster.issue('edge-1', now);
  for (const changed of [proof.replace('edge-1', 'edge-2'), proof.replace('18', '19')]) {
    expect(cluster.check(changed, now)).toHaveProperty('refused', expect.stringContaining('another one'));
  }
});

it.each(['', 'edge-1', 'edge-1.1.', '.1.x', 'a.b.c', `edge 1.1.${'x'.repeat(43)}`, 'x'.repeat(100_000)])(
  'refuses %.20j',
  (text) => {
    expect(cluster.check(text, now)).toEqual({ refused: 'there is no proof of a node' });
  },
);
