import { describe, expect, it } from 'vitest';
import type { Bus, BusMessage } from './bus.ts';
import { type Buses, octets, words } from './compliance-buses.ts';
import { Inbox } from './compliance-inbox.ts';

/** What two nodes have of each other. */
export function nodesCompliance(at: Buses): void {
  const { listen, say } = at;
  describe('two nodes', () => {
    /** Resolves when what the other node has subscribed to is known. */
    const settled = async (): Promise<void> => {
      const asked = at.other.request(`${at.root}-nobody`, octets(''), { timeoutMs: 60_000 });
      await expect(asked).rejects.toThrow('bus-no-responder');
    };
    const event = (from: Bus, text: string, key: string): void =>
      from.publish(`${at.root}.call.t.ended`, octets(text), { key: `${at.root}/${key}` });

    it('hear each other', async () => {
      const inbox = new Inbox(at.other, `${at.root}.a`);
      await settled();
      say('a', 'x');
      expect(await inbox.take(1)).toEqual(['x']);
    });

    it('answer each other', async () => {
      at.other.subscribe(`${at.root}.echo`, ({ payload, respond }) => respond(payload));
      await settled();
      const answer = await at.bus.request(`${at.root}.echo`, octets('x'), { timeoutMs: 60_000 });
      expect(words(answer)).toBe('x');
    });

    it('publish the same event once, whoever listens, under its own subject', async () => {
      const inboxes = ['call.>', 'call.t.ended', '>', 'call.*.*'].map(
        (pattern) => new Inbox(at.other, `${at.root}.${pattern}`),
      );
      const own = listen('call.>');
      await settled();
      for (const from of [at.bus, at.other, at.bus, at.other]) event(from, 'x', 'k');
      event(at.bus, 'end', 'other');
      // The nodes reach the server in any order, so that the end may come first.
      event(at.other, 'end', 'third');
      for (const inbox of [...inboxes, own]) {
        expect((await inbox.take(3)).toSorted()).toEqual(['end', 'end', 'x']);
        expect(inbox.messages[0]!.subject).toBe(`${at.root}.call.t.ended`);
      }
    });

    /** What the members of a queue take, one at either node, once that are `count`. */
    const taken = async (pattern: string, count: number, send: () => void): Promise<number[]> => {
      const texts: string[] = [];
      const { promise, resolve } = Promise.withResolvers<void>();
      for (const node of [at.bus, at.other]) {
        const take = ({ payload }: BusMessage): void =>
          void (texts.push(words(payload)) === count && resolve());
        node.subscribe(`${at.root}.${pattern}`, take, { queue: 'q' });
      }
      await settled();
      send();
      await promise;
      return texts.map(Number).toSorted((a, b) => a - b);
    };
    const hundred = Array.from({ length: 100 }, (_, index) => index);

    it.each(['call.>', '>', 'call.t.ended'])('share the events of a queue on %s', async (pattern) => {
      const numbers = await taken(pattern, 100, () => {
        for (const number of hundred) {
          for (const from of [at.bus, at.other]) event(from, String(number), String(number));
        }
      });
      expect(numbers).toEqual(hundred);
    });

    it('share the work of a queue', async () => {
      const numbers = await taken('work', 100, () => {
        for (const number of hundred) say('work', String(number));
      });
      expect(numbers).toEqual(hundred);
    });
  });
}
