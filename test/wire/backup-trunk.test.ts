import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { it } from './fixture.ts';
import { sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { answered, callPast, described, hangUp, outside } from './tales.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const [here, spare] = [address(11), address(31)];
const number = `sip:+34600111222@${domain}`;

/** A primary, and its backup, each with room for one call. */
async function open(start: (changes: object) => Promise<Tiers>, contact: string) {
  const endpoint = { maxCalls: 1 };
  const Trunk = {
    primary: { contacts: [contact], endpoint },
    backup: { contacts: [`sip:${spare}`], endpoint },
  };
  const Route = { all: { match: { prefix: '+' }, trunks: ['primary', 'backup'] } };
  const tiers = await start({ more: { Trunk, Route } });
  await tiers.edge('edge-1', here);
  const heard: Message[] = [];
  return {
    heard,
    tiers,
    primary: await tiers.outside(outside, here, heard),
    backup: await tiers.outside(spare, here),
    phone: await tiers.phone(here),
  };
}

describe('the backup of a trunk takes the call', () => {
  it.for([
    ['answers 503', `sip:${outside}`, 1],
    // Once more after 0.5 s and after another second; the fourth would be 3.5 s after the first.
    ['says nothing for 1.8 s', `sip:${outside}`, 3],
    ['takes no connection', `sip:${outside}:9;transport=tcp`, 0],
  ] as const)('when the primary %s (MA-30, KA-15, KA-68)', async ([how, contact, most], { tiers: start }) => {
    const { backup, heard, phone, primary, tiers } = await open(start, contact);
    const invite = await callPast(phone, number);
    if (how === 'answers 503') await primary.answer('INVITE', '503 Service Unavailable');
    const { theirs } = await answered(invite, phone, backup);
    const invites = heard.filter(({ start: line }) => line.startsWith('INVITE '));
    expect([invites.length >= Math.min(most, 1), invites.length <= most]).toEqual([true, true]);
    const { limits } = await tiers.recorded();
    expect(limits).toContain('trunk/acme/backup');
    expect(limits).not.toContain('trunk/acme/primary');
    await hangUp(theirs, phone);
  });

  it('for good: what the primary says after that is told to nobody, and it is cancelled', async ({
    tiers: start,
  }) => {
    const { backup, phone, primary } = await open(start, `sip:${outside}`);
    const invite = await callPast(phone, number);
    const late = await primary.wire.receive('INVITE');
    const asked = await backup.answer('INVITE', '180 Ringing');
    await phone.response(invite, 180);
    primary.reply(late, '183 Session Progress', sdp, described(outside));
    await primary.answer('CANCEL');
    primary.reply(late, '487 Request Terminated');
    await primary.wire.receive('ACK');
    backup.reply(asked, '486 Busy Here');
    await backup.wire.receive('ACK');
    expect(statusOf(await phone.final(invite))).toBe(486);
    await phone.wire.silent();
  });

  it('unless the callee itself has declined (KA-68)', async ({ tiers: start }) => {
    const { backup, phone, primary } = await open(start, `sip:${outside}`);
    const invite = await callPast(phone, number);
    await primary.answer('INVITE', '603 Decline');
    expect(statusOf(await phone.final(invite))).toBe(603);
    await backup.wire.silent();
  });
});
