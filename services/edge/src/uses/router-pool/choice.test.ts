import { expect, it } from 'vitest';
import { Choice, type Choosable } from './choice.ts';
import type { PeerState } from './peer.ts';

function peer(outstanding: number, state: PeerState = 'serving'): Choosable {
  return { outstanding, state: () => state };
}

it('chooses the router with the fewest requests outstanding', () => {
  const [busy, idle] = [peer(3), peer(1)];
  expect(new Choice().leastOutstanding([busy, idle, peer(2)], new Set(), 0)).toBe(idle);
});

it('lets those take turns that have as few', () => {
  const peers = [peer(1), peer(2), peer(1), peer(1)];
  const choice = new Choice();
  const chosen = Array.from({ length: 30 }, () =>
    peers.indexOf(choice.leastOutstanding(peers, new Set(), 0)!),
  );
  expect([0, 2, 3].map((index) => chosen.filter((each) => each === index).length)).toEqual([10, 10, 10]);
});

it('leaves out those that were asked, drain, are silent or not connected', () => {
  const asked = peer(0);
  const peers = [asked, peer(0, 'draining'), peer(0, 'silent'), peer(0, 'unconnected')];
  expect(new Choice().leastOutstanding(peers, new Set([asked]), 0)).toBeUndefined();
});
