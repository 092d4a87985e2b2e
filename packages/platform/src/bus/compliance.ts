import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bus, type BusMessage, maxEvent, maxPayload } from './bus.ts';
import { Inbox } from './compliance-inbox.ts';

const octets = (text: string): Uint8Array => Buffer.from(text);
const words = (payload: Uint8Array): string => Buffer.from(payload).toString();

/** The bus as two nodes have it; where both are the same process, it may be one object. */
export type TwoBuses = readonly [Bus, Bus];

/** What each backing of the bus has to do. */
export function busCompliance(name: string, make: () => Promise<TwoBuses>): void {
  describe(`bus by ${name}`, () => {
    let bus: Bus;
    let otherBus: Bus;
    /** Begins the subjects of one test: what an earlier test left on a server is out of reach. */
    let root: string;

    beforeEach(async () => {
      [bus, otherBus] = await make();
      root = `tandem.${randomUUID()}`;
    });
    afterEach(() => Promise.all([bus.close(), otherBus.close()]));

    const listen = (subject: string, queue?: string): Inbox => new Inbox(bus, `${root}.${subject}`, queue);
    const say = (subject: string, text: string): void => bus.publish(`${root}.${subject}`, octets(text));

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
      expect(inbox.messages[0]!.subject).toBe(`${root}.a.b`);
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
      bus.subscribe(`${root}.a`, () => seen.push(publishing));
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
      bus.subscribe(`${root}.a`, ({ payload }) => payload.fill(0));
      const payload = Buffer.from('mine');
      bus.publish(`${root}.a`, payload);
      payload.fill(0);
      expect([await one.take(1), await two.take(1)]).toEqual([['mine'], ['mine']]);
    });

    it.each([0, 1, 500_000])('carries %d octets', async (size) => {
      const inbox = listen('a');
      bus.publish(`${root}.a`, new Uint8Array(size).fill(7));
      await inbox.take(1);
      expect(Buffer.from(inbox.messages[0]!.payload).equals(Buffer.alloc(size, 7))).toBe(true);
    });

    it('goes on after a handler that throws', async () => {
      bus.subscribe(`${root}.a`, () => {
        throw new Error('thrown by a handler, on purpose');
      });
      const inbox = listen('a');
      say('a', 'x');
      say('a', 'y');
      expect(await inbox.take(2)).toEqual(['x', 'y']);
    });

    describe('a key', () => {
      const event = (text: string, key: string): void =>
        bus.publish(`${root}.call.ended`, octets(text), { key: `${root}/${key}` });

      it('lets a message through once', async () => {
        const inbox = listen('call.*');
        event('first', 'k');
        event('again', 'k');
        event('end', 'other');
        expect(await inbox.take(2)).toEqual(['first', 'end']);
      });

      it('lets a message through once to a queue', async () => {
        const taken: string[] = [];
        const { promise: two, resolve } = Promise.withResolvers<void>();
        for (const queue of ['q', 'q']) {
          const take = (text: string): void => void (taken.push(text) === 2 && resolve());
          bus.subscribe(`${root}.call.*`, ({ payload }) => take(words(payload)), { queue });
        }
        for (let index = 0; index < 20; index++) event('x', 'k');
        event('end', 'other');
        await two;
        expect(taken.sort()).toEqual(['end', 'x']);
      });
    });

    describe('two nodes', () => {
      /** Resolves when what the other node has subscribed to is known. */
      const settled = async (): Promise<void> => {
        const asked = otherBus.request(`${root}-nobody`, octets(''), { timeoutMs: 60_000 });
        await expect(asked).rejects.toThrow('bus-no-responder');
      };
      const event = (from: Bus, text: string, key: string): void =>
        from.publish(`${root}.call.t.ended`, octets(text), { key: `${root}/${key}` });

      it('hear each other', async () => {
        const inbox = new Inbox(otherBus, `${root}.a`);
        await settled();
        say('a', 'x');
        expect(await inbox.take(1)).toEqual(['x']);
      });

      it('answer each other', async () => {
        otherBus.subscribe(`${root}.echo`, ({ payload, respond }) => respond(payload));
        await settled();
        const answer = await bus.request(`${root}.echo`, octets('x'), { timeoutMs: 60_000 });
        expect(words(answer)).toBe('x');
      });

      it('publish the same event once, whoever listens, under its own subject', async () => {
        const inboxes = ['call.>', 'call.t.ended', '>', 'call.*.*'].map(
          (pattern) => new Inbox(otherBus, `${root}.${pattern}`),
        );
        const own = listen('call.>');
        await settled();
        for (const from of [bus, otherBus, bus, otherBus]) event(from, 'x', 'k');
        event(bus, 'end', 'other');
        // The nodes reach the server in any order, so that the end may come first.
        event(otherBus, 'end', 'third');
        for (const inbox of [...inboxes, own]) {
          expect((await inbox.take(3)).toSorted()).toEqual(['end', 'end', 'x']);
          expect(inbox.messages[0]!.subject).toBe(`${root}.call.t.ended`);
        }
      });

      /** What the members of a queue take, one at either node, once that are `count`. */
      const taken = async (pattern: string, count: number, send: () => void): Promise<number[]> => {
        const texts: string[] = [];
        const { promise, resolve } = Promise.withResolvers<void>();
        for (const node of [bus, otherBus]) {
          const take = ({ payload }: BusMessage): void =>
            void (texts.push(words(payload)) === count && resolve());
          node.subscribe(`${root}.${pattern}`, take, { queue: 'q' });
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
            for (const from of [bus, otherBus]) event(from, String(number), String(number));
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

    describe('an event', () => {
      it('needs a key', () => {
        for (const subject of ['call.t.ended', 'registration.t.expired', 'node.edge.died'])
          expect(() => say(subject, 'x')).toThrow('bus-name-invalid');
      });

      it('alone takes a key', () => {
        expect(() => bus.publish(`${root}.node.edge.e1`, octets(''), { key: 'k' })).toThrow(
          'bus-name-invalid',
        );
      });

      it('cannot be asked for', async () => {
        const asked = bus.request(`${root}.call.t.ended`, octets(''), { timeoutMs: 20 });
        await expect(asked).rejects.toThrow('bus-name-invalid');
      });

      it('leaves room for its key', async () => {
        const inbox = listen('call.>');
        const publish = (size: number): void =>
          bus.publish(`${root}.call.a`, new Uint8Array(size), { key: `${root}/${'k'.repeat(900)}` });
        expect(() => publish(maxEvent + 1)).toThrow('bus-payload-too-large');
        publish(maxEvent);
        await inbox.take(1);
        expect(inbox.messages[0]!.payload).toHaveLength(maxEvent);
      });
    });

    it('is connected', () => {
      expect(bus.connected).toBe(true);
      bus.onConnection(() => undefined)();
    });

    describe('a request', () => {
      const ask = (subject: string, text: string, timeoutMs = 60_000): Promise<string> =>
        bus.request(`${root}.${subject}`, octets(text), { timeoutMs }).then(words);

      it('is answered', async () => {
        bus.subscribe(`${root}.echo`, ({ payload, respond }) => respond(octets(`${words(payload)}!`)));
        const answers = await Promise.all(['a', 'b', 'c'].map((text) => ask('echo', text)));
        expect(answers).toEqual(['a!', 'b!', 'c!']);
      });

      it('may be answered later', async () => {
        const inbox = listen('slow');
        const answer = ask('slow', 'x');
        await inbox.take(1);
        inbox.messages[0]!.respond(octets('late'));
        expect(await answer).toBe('late');
      });

      it('takes the first answer', async () => {
        bus.subscribe(`${root}.twice`, ({ respond }) => {
          respond(octets('first'));
          respond(octets('second'));
        });
        expect(await ask('twice', '')).toBe('first');
      });

      it('keeps the answer as it was given', async () => {
        bus.subscribe(`${root}.echo`, ({ respond }) => {
          const answer = Buffer.from('mine');
          respond(answer);
          answer.fill(0);
        });
        expect(await ask('echo', '')).toBe('mine');
      });

      it('is not answered with more octets than a server takes', async () => {
        bus.subscribe(`${root}.large`, ({ respond }) => {
          expect(() => respond(new Uint8Array(maxPayload + 1))).toThrow('bus-payload-too-large');
          respond(octets('small'));
        });
        expect(await ask('large', '', 1_000)).toBe('small');
      });

      it('goes to one member of a queue', async () => {
        const members = [listen('work', 'q'), listen('work', 'q')];
        for (const member of members) member.answer = 'done';
        await Promise.all(Array.from({ length: 10 }, (_, index) => ask('work', String(index))));
        expect(members.flatMap(({ texts }) => texts)).toHaveLength(10);
      });

      it('fails at once when nobody has subscribed', async () => {
        listen('other');
        await expect(ask('nobody', '')).rejects.toMatchObject({ kind: { code: 'bus-no-responder' } });
      });

      it('fails at once when everybody has left', async () => {
        listen('gone').subscription.unsubscribe();
        await expect(ask('gone', '')).rejects.toMatchObject({ kind: { code: 'bus-no-responder' } });
      });

      it('fails when its time is over', async () => {
        listen('silent');
        await expect(ask('silent', '', 20)).rejects.toMatchObject({ kind: { code: 'bus-request-timeout' } });
      });

      it('fails in its own time when the handler throws', async () => {
        bus.subscribe(`${root}.broken`, () => {
          throw new Error('thrown by a handler, on purpose');
        });
        await expect(ask('broken', '', 20)).rejects.toMatchObject({ kind: { code: 'bus-request-timeout' } });
      });

      it('is the only thing that can be answered', async () => {
        const inbox = listen('a');
        inbox.answer = 'nobody asked';
        say('a', 'x');
        say('a', 'y');
        expect(await inbox.take(2)).toEqual(['x', 'y']);
      });
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

    const badSubjects = ['', '.', 'a.', '.a', 'a..b', 'a b', 'a\r\nb', 'a\0', 'a\tb', 'x'.repeat(2_000)];
    it.each([...badSubjects, '*', 'a.*', 'a.>', 'a*'])('refuses to publish on %j', async (subject) => {
      expect(() => bus.publish(subject, octets(''))).toThrow('bus-name-invalid');
      await expect(bus.request(subject, octets(''), { timeoutMs: 20 })).rejects.toThrow('bus-name-invalid');
    });

    it.each([...badSubjects, 'a.>.b', 'a.b*', 'a>'])('refuses to subscribe to %j', (subject) => {
      expect(() => bus.subscribe(subject, () => undefined)).toThrow('bus-name-invalid');
    });

    it('refuses a queue and a key that cannot be carried', () => {
      expect(() => listen('a', 'two words')).toThrow('bus-name-invalid');
      expect(() => bus.publish(`${root}.call.a`, octets(''), { key: 'a\r\nb' })).toThrow('bus-name-invalid');
    });

    it('refuses more octets than a server takes', async () => {
      const payload = new Uint8Array(maxPayload + 1);
      expect(() => bus.publish(`${root}.a`, payload)).toThrow('bus-payload-too-large');
      await expect(bus.request(`${root}.a`, payload, { timeoutMs: 20 })).rejects.toThrow(
        'bus-payload-too-large',
      );
    });

    it('delivers what was published before it is closed', async () => {
      const inbox = listen('a');
      say('a', 'x');
      say('a', 'y');
      await bus.close();
      expect(inbox.texts).toEqual(['x', 'y']);
    });

    it('takes nothing after it is closed, which may be done twice', async () => {
      const open = bus.request(`${listen('silent').subject}`, octets(''), { timeoutMs: 60_000 });
      const settled = expect(open).rejects.toThrow('bus-closed');
      await Promise.all([bus.close(), bus.close()]);
      await settled;
      expect(() => say('a', 'x')).toThrow('bus-closed');
      expect(() => listen('a')).toThrow('bus-closed');
      await expect(bus.request(`${root}.a`, octets(''), { timeoutMs: 20 })).rejects.toThrow('bus-closed');
    });
  });
}
