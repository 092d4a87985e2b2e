import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Buses, octets, type TwoBuses } from './compliance-buses.ts';
import { eventCompliance } from './compliance-events.ts';
import { nodesCompliance } from './compliance-nodes.ts';
import { refusalCompliance } from './compliance-refusals.ts';
import { requestCompliance } from './compliance-requests.ts';

/** What each backing of the bus has to do. */
export function busCompliance(name: string, make: () => Promise<TwoBuses>): void {
  describe(`bus by ${name}`, () => {
    const at = new Buses();
    const { listen, say } = at;

    beforeEach(async () => at.open(await make()));
    afterEach(() => at.close());

    it('delivers to every subscriber of the subject, and to nobody else', async () => {
      const [one, two, other] = [listen('a'), listen('a'), listen('b')];
      say('a', 'first');
      say('b', 'second');
      expect([await one.take(1), await two.take(1), await other.take(1)]).toEqual([
        ['first'],
        ['first'],
        ['second'],
      ]);
    });

    it('names the subject', async () => {
      const inbox = listen('*.b');
      say('a.b', '');
      await inbox.take(1);
      expect(inbox.messages[0]!.subject).toBe(`${at.root}.a.b`);
    });

    it('keeps the order of one publisher over all subjects', async () => {
      const inbox = listen('>');
      const texts = Array.from({ length: 300 }, (_, index) => String(index));
      for (const [index, text] of texts.entries()) say(`s${index % 7}`, text);
      expect(await inbox.take(300)).toEqual(texts);
    });

    const patterns: [string, string, boolean][] = [
      ['a.b', 'a.b', true],
      ['a.b', 'a.b.c', false],
      ['a.b', 'a', false],
      ['a.*', 'a.b', true],
      ['a.*', 'a', false],
      ['a.*', 'a.b.c', false],
      ['*.b', 'a.b', true],
      ['*.*', 'a.b', true],
      ['*.*', 'a', false],
      ['a.*.c', 'a.b.c', true],
      ['a.*.c', 'a.b.d', false],
      ['a.>', 'a.b', true],
      ['a.>', 'a.b.c.d', true],
      ['a.>', 'a', false],
      ['a.*.>', 'a.b.c', true],
      ['a.*.>', 'a.b', false],
      ['>', 'a.b.c', true],
      ['A', 'a', false],
    ];
    it.each(patterns)('matches %s with %s: %s', async (pattern, subject, expected) => {
      const inbox = listen(pattern);
      const end = listen('the.end.of.it.all');
      say(subject, 'x');
      say('the.end.of.it.all', 'end');
      await end.take(1);
      expect(inbox.texts.filter((text) => text === 'x')).toHaveLength(expected ? 1 : 0);
    });

    it('gives each message to one member of a queue, and every member gets some', async () => {
      const members = [listen('work', 'q'), listen('work', 'q'), listen('*', 'q')];
      const watcher = listen('work');
      for (let index = 0; index < 300; index++) say('work', String(index));
      await watcher.take(300);
      say('end', 'end');
      await members[2]!.ends('end');
      const taken = members.flatMap(({ texts }) => texts).filter((text) => text !== 'end');
      expect(taken.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i));
      for (const { texts } of members) expect(texts.length).toBeGreaterThan(1);
    });

    it('gives each queue its own copy of a message', async () => {
      const [one, two] = [listen('work', 'one'), listen('work', 'two')];
      say('work', 'x');
      expect([await one.take(1), await two.take(1)]).toEqual([['x'], ['x']]);
    });

    it('never delivers in the stack of the publisher', async () => {
      let publishing = false;
      const seen: boolean[] = [];
      const inbox = listen('a');
      at.bus.subscribe(`${at.root}.a`, () => seen.push(publishing));
      publishing = true;
      say('a', 'x');
      publishing = false;
      await inbox.take(1);
      say('a', 'y');
      await inbox.take(2);
      expect(seen[0]).toBe(false);
    });

    it('lets nobody change what others get', async () => {
      const [one, two] = [listen('a'), listen('a')];
      at.bus.subscribe(`${at.root}.a`, ({ payload }) => payload.fill(0));
      const payload = Buffer.from('mine');
      at.bus.publish(`${at.root}.a`, payload);
      payload.fill(0);
      expect([await one.take(1), await two.take(1)]).toEqual([['mine'], ['mine']]);
    });

    it.each([0, 1, 500_000])('carries %d octets', async (size) => {
      const inbox = listen('a');
      at.bus.publish(`${at.root}.a`, new Uint8Array(size).fill(7));
      await inbox.take(1);
      expect(Buffer.from(inbox.messages[0]!.payload).equals(Buffer.alloc(size, 7))).toBe(true);
    });

    it('goes on after a handler that throws', async () => {
      at.bus.subscribe(`${at.root}.a`, () => {
        throw new Error('thrown by a handler, on purpose');
      });
      const inbox = listen('a');
      say('a', 'x');
      say('a', 'y');
      expect(await inbox.take(2)).toEqual(['x', 'y']);
    });

    it('is connected', () => {
      expect(at.bus.connected).toBe(true);
      at.bus.onConnection(() => undefined)();
    });

    it('delivers nothing after unsubscribing, which may be done twice', async () => {
      const [leaver, stayer] = [listen('a'), listen('a')];
      say('a', 'x');
      await Promise.all([leaver.take(1), stayer.take(1)]);
      say('a', 'y');
      leaver.subscription.unsubscribe();
      leaver.subscription.unsubscribe();
      expect(await stayer.take(2)).toEqual(['x', 'y']);
      expect(leaver.texts).toEqual(['x']);
    });

    it('delivers what was published before it is closed', async () => {
      const inbox = listen('a');
      say('a', 'x');
      say('a', 'y');
      await at.bus.close();
      expect(inbox.texts).toEqual(['x', 'y']);
    });

    it('takes nothing after it is closed, which may be done twice', async () => {
      const open = at.bus.request(`${listen('silent').subject}`, octets(''), { timeoutMs: 60_000 });
      const settled = expect(open).rejects.toThrow('bus-closed');
      await Promise.all([at.bus.close(), at.bus.close()]);
      await settled;
      expect(() => say('a', 'x')).toThrow('bus-closed');
      expect(() => listen('a')).toThrow('bus-closed');
      await expect(at.bus.request(`${at.root}.a`, octets(''), { timeoutMs: 20 })).rejects.toThrow(
        'bus-closed',
      );
    });

    eventCompliance(at);
    nodesCompliance(at);
    requestCompliance(at);
    refusalCompliance(at);
  });
}
