import { describe, expect, it } from 'vitest';
import { maxPayload } from './bus.ts';
import { type Buses, octets, words } from './compliance-buses.ts';

/** What is asked and answered. */
export function requestCompliance(at: Buses): void {
  const { listen, say } = at;
  describe('a request', () => {
    const ask = (subject: string, text: string, timeoutMs = 60_000): Promise<string> =>
      at.bus.request(`${at.root}.${subject}`, octets(text), { timeoutMs }).then(words);

    it('is answered', async () => {
      at.bus.subscribe(`${at.root}.echo`, ({ payload, respond }) => respond(octets(`${words(payload)}!`)));
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
      at.bus.subscribe(`${at.root}.twice`, ({ respond }) => {
        respond(octets('first'));
        respond(octets('second'));
      });
      expect(await ask('twice', '')).toBe('first');
    });

    it('keeps the answer as it was given', async () => {
      at.bus.subscribe(`${at.root}.echo`, ({ respond }) => {
        const answer = Buffer.from('mine');
        respond(answer);
        answer.fill(0);
      });
      expect(await ask('echo', '')).toBe('mine');
    });

    it('is not answered with more octets than a server takes', async () => {
      at.bus.subscribe(`${at.root}.large`, ({ respond }) => {
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
      at.bus.subscribe(`${at.root}.broken`, () => {
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
}
