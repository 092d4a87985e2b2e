import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { dial } from './call.ts';
import { Dialog } from './dialog.ts';
import { it } from './fixture.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';

const describe = needs('namespace');

type Open = (transport?: 'udp' | 'tcp', account?: Phone['account']) => Promise<Phone>;

/** A caller, and phones of one user that all ring when it is called. */
async function office(phone: Open, desks: number): Promise<[alice: Phone, ...bobs: Phone[]]> {
  const [alice, first] = [await phone(), await phone()];
  const others = await Promise.all(Array.from({ length: desks - 1 }, () => phone('udp', first.account)));
  const bobs = [first, ...others];
  for (const bob of bobs) expect(statusOf(await bob.register())).toBe(200);
  return [alice, ...bobs];
}

describe('a call to several phones', () => {
  it('rings at all of them, and the caller hears each', async ({ phone }) => {
    const [alice, ...bobs] = await office(phone, 3);
    const invite = await dial(alice, bobs[0]!.uri);
    await alice.response(invite, 100);
    const asked = await Promise.all(bobs.map((bob) => bob.answer('INVITE', '100 Trying')));
    await alice.wire.silent();
    for (const [index, bob] of bobs.entries()) {
      const status = 180 + index;
      bob.reply(asked[index]!, `${status} Ringing`);
      expect((await alice.response(invite, status)).header('To')).toContain(bob.tag);
    }
  });
});
