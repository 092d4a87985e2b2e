import { describe, expect, it } from 'vitest';
import { maxEvent } from './bus.ts';
import { type Buses, octets, words } from './compliance-buses.ts';

/** What is special about events: a key, by which each is told once. */
export function eventCompliance(at: Buses): void {
  const { listen, say } = at;
  describe('a key', () => {
    const event = (text: string, key: string): void =>
      at.bus.publish(`${at.root}.call.ended`, octets(text), { key: `${at.root}/${key}` });

    it('lets a message through once', async () => {
      const inbox = listen('call.*');
      event('first', 'k');
      event('again', 'k');
      event('end', 'other');
      expect(await inbox.take(2)).toEqual(['first', 'end']);
    });

    it('is settled when it is sure to be kept, also when it was told before', async () => {
      const settled = (key: string): Promise<void> =>
        new Promise((resolve) => {
          const options = { key: `${at.root}/${key}`, settled: resolve };
          at.bus.publish(`${at.root}.call.ended`, octets(key), options);
        });
      await Promise.all([settled('k'), settled('k'), settled('other')]);
    });

    it('lets a message through once to a queue', async () => {
      const taken: string[] = [];
      const { promise: two, resolve } = Promise.withResolvers<void>();
      for (const queue of ['q', 'q']) {
        const take = (text: string): void => void (taken.push(text) === 2 && resolve());
        at.bus.subscribe(`${at.root}.call.*`, ({ payload }) => take(words(payload)), { queue });
      }
      for (let index = 0; index < 20; index++) event('x', 'k');
      event('end', 'other');
      await two;
      expect(taken.sort()).toEqual(['end', 'x']);
    });
  });

  describe('an event', () => {
    it('needs a key', () => {
      for (const subject of ['call.t.ended', 'registration.t.expired', 'node.edge.died'])
        expect(() => say(subject, 'x')).toThrow('bus-name-invalid');
    });

    it('alone takes a key', () => {
      expect(() => at.bus.publish(`${at.root}.node.edge.e1`, octets(''), { key: 'k' })).toThrow(
        'bus-name-invalid',
      );
    });

    it('cannot be asked for', async () => {
      const asked = at.bus.request(`${at.root}.call.t.ended`, octets(''), { timeoutMs: 20 });
      await expect(asked).rejects.toThrow('bus-name-invalid');
    });

    it('leaves room for its key', async () => {
      const inbox = listen('call.>');
      const publish = (size: number): void =>
        at.bus.publish(`${at.root}.call.a`, new Uint8Array(size), { key: `${at.root}/${'k'.repeat(900)}` });
      expect(() => publish(maxEvent + 1)).toThrow('bus-payload-too-large');
      publish(maxEvent);
      await inbox.take(1);
      expect(inbox.messages[0]!.payload).toHaveLength(maxEvent);
    });
  });
}
