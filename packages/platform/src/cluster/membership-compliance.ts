import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Announcement, Condition, Membership, MembershipChange, Tier } from './membership.ts';

/** One node's membership, and its death. */
export interface MembershipNode {
  readonly membership: Membership;
  /** It is gone at once, without a word. */
  die(): Promise<void>;
}

/** A region of its own for each test. */
export interface MembershipRegion {
  open(): Promise<MembershipNode>;
  close(): Promise<void>;
}

const serving: Condition = { state: 'serving', load: 0, configuration: 'v1' };

/** What each backing of the membership has to do. `make` gives a region with nobody in it. */
export function membershipCompliance(name: string, make: () => Promise<MembershipRegion>): void {
  describe(`membership by ${name}`, () => {
    let region: MembershipRegion;
    const opened: MembershipNode[] = [];

    beforeEach(async () => {
      region = await make();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map(({ membership }) => membership.close()));
      await region.close();
    });

    async function open(): Promise<MembershipNode & { readonly seen: Seen }> {
      const node = await region.open();
      opened.push(node);
      return { ...node, seen: new Seen(node.membership) };
    }

    function announce(tier: Tier, id: string, startedMs = 1): Announcement {
      return { tier, id, startedMs, weight: 10, release: '1.2.3', addresses: { grpc: '127.0.0.1:7000' } };
    }

    it('shows nobody before somebody has joined', async () => {
      const { membership } = await open();
      expect(membership.members('edge')).toEqual([]);
    });

    it('shows a node to itself as soon as it has joined', async () => {
      const { membership, seen } = await open();
      await membership.join(announce('edge', 'one'), serving);
      expect(membership.members('edge')).toEqual([{ ...announce('edge', 'one'), ...serving }]);
      expect(seen.changes).toEqual(['joined edge/one']);
    });

    it('shows a node to the others, with all that it says', async () => {
      const [one, two] = [await open(), await open()];
      await one.membership.join(announce('media', 'one'), {
        state: 'draining',
        load: 7,
        occupancy: 0.25,
        configuration: '',
      });
      await two.seen.change('joined media/one');
      expect(two.membership.members('media')).toEqual([
        { ...announce('media', 'one'), state: 'draining', load: 7, occupancy: 0.25, configuration: '' },
      ]);
      expect(two.membership.members('edge')).toEqual([]);
    });

    it('shows those who were there before', async () => {
      const one = await open();
      await one.membership.join(announce('edge', 'one'), serving);
      const late = await open();
      await late.seen.members('edge', ['one']);
    });

    it('lists the members of a tier by id', async () => {
      const { membership, seen } = await open();
      for (const id of ['c', 'a', 'b']) await membership.join(announce('router', id), serving);
      await membership.join(announce('edge', 'd'), serving);
      await seen.members('router', ['a', 'b', 'c']);
    });

    it('tells of a state and a configuration that change', async () => {
      const [one, two] = [await open(), await open()];
      const presence = await one.membership.join(announce('edge', 'one'), serving);
      await two.seen.change('joined edge/one');
      presence.update({ state: 'draining' });
      await two.seen.change('changed edge/one draining v1');
      presence.update({ configuration: 'v2' });
      await two.seen.change('changed edge/one draining v2');
      expect(one.seen.changes).toEqual(two.seen.changes);
    });

    it('tells of addresses that change', async () => {
      const [one, two] = [await open(), await open()];
      const presence = await one.membership.join(announce('edge', 'one'), serving);
      await two.seen.change('joined edge/one');
      presence.update({ addresses: { grpc: '127.0.0.2:7000' } });
      await two.seen.change('changed edge/one serving v1');
      expect(two.membership.members('edge')[0]?.addresses).toEqual({ grpc: '127.0.0.2:7000' });
      expect(one.seen.changes).toEqual(two.seen.changes);
    });

    it('shows a load and an occupancy that change, and does not tell of them', async () => {
      const [one, two] = [await open(), await open()];
      const presence = await one.membership.join(announce('edge', 'one'), serving);
      await two.seen.change('joined edge/one');
      presence.update({ load: 42, occupancy: 0.5 });
      presence.update({ configuration: 'v2' });
      await two.seen.change('changed edge/one serving v2');
      expect(two.membership.members('edge')[0]).toMatchObject({ load: 42, occupancy: 0.5 });
      expect(two.seen.changes).toEqual(['joined edge/one', 'changed edge/one serving v2']);
    });

    it('tells who has left', async () => {
      const [one, two] = [await open(), await open()];
      const presence = await one.membership.join(announce('edge', 'one'), serving);
      await two.seen.change('joined edge/one');
      await presence.leave();
      await two.seen.change('left edge/one');
      expect(one.membership.members('edge')).toEqual([]);
      expect(two.membership.members('edge')).toEqual([]);
      expect(one.seen.changes).toEqual(two.seen.changes);
    });

    it('lets what has joined leave when it is closed, which may be done twice', async () => {
      const [one, two] = [await open(), await open()];
      await one.membership.join(announce('edge', 'one'), serving);
      await two.seen.change('joined edge/one');
      await Promise.all([one.membership.close(), one.membership.close()]);
      await two.seen.change('left edge/one');
      expect(one.seen.changes).toEqual(['joined edge/one']);
    });

    it('tells who has died, and leaves the others alone', async () => {
      const [one, two, three] = [await open(), await open(), await open()];
      await one.membership.join(announce('edge', 'one'), serving);
      await two.membership.join(announce('edge', 'two'), serving);
      await three.seen.members('edge', ['one', 'two']);
      await one.die();
      await Promise.all([two.seen.change('died edge/one'), three.seen.change('died edge/one')]);
      expect(three.membership.members('edge').map(({ id }) => id)).toEqual(['two']);
    });

    it('tells the death before the next life', async () => {
      const [one, two] = [await open(), await open()];
      await one.membership.join(announce('edge', 'one', 1), serving);
      await two.seen.change('joined edge/one');
      await one.die();
      const again = await open();
      await again.membership.join(announce('edge', 'one', 2), serving);
      await two.seen.all(['joined edge/one', 'died edge/one', 'joined edge/one']);
      expect(two.membership.members('edge')[0]?.startedMs).toBe(2);
    });

    it('tells the later of two nodes with one id', async () => {
      const [one, two] = [await open(), await open()];
      await one.membership.join(announce('edge', 'one', 1), serving);
      const second = two.membership.join(announce('edge', 'one', 2), serving);
      await expect(second).rejects.toMatchObject({
        kind: { code: 'node-id-taken' },
        message: expect.stringContaining('edge one'),
      });
      // In another tier it is another node.
      await two.membership.join(announce('router', 'one', 2), serving);
    });

    it('goes on when a listener throws, and stops telling one that wants no more', async () => {
      const { membership, seen } = await open();
      const stop = membership.onChange(() => {
        throw new Error('not this time');
      });
      await membership.join(announce('edge', 'one'), serving);
      stop();
      await membership.join(announce('edge', 'two'), serving);
      expect(seen.changes).toEqual(['joined edge/one', 'joined edge/two']);
    });
  });
}

/** What a node was told so far, and what a test waits for. */
class Seen {
  readonly changes: string[] = [];
  readonly #membership: Membership;
  #wake = (): void => undefined;

  constructor(membership: Membership) {
    this.#membership = membership;
    membership.onChange((change) => {
      this.changes.push(describeChange(change));
      this.#wake();
    });
  }

  change(expected: string): Promise<void> {
    return this.#until(() => this.changes.at(-1) === expected);
  }

  all(expected: readonly string[]): Promise<void> {
    return this.#until(() => this.changes.join() === expected.join());
  }

  members(tier: Tier, ids: readonly string[]): Promise<void> {
    return this.#until(
      () =>
        this.#membership
          .members(tier)
          .map(({ id }) => id)
          .join() === ids.join(),
    );
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }
}

function describeChange({ change, member }: MembershipChange): string {
  const { tier, id, state, configuration } = member;
  return `${change} ${tier}/${id}${change === 'changed' ? ` ${state} ${configuration}` : ''}`;
}
