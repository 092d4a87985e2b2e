import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { it } from './fixture.ts';
import { type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { described } from './tales.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

const [carrier, backup] = [address(30), address(31)];
const [places, overflow] = [30, 6];

const more = {
  Trunk: {
    carrier: {
      contacts: [`sip:${carrier}`],
      identify: { sources: [`${carrier}/32`] },
      endpoint: { maxCalls: places },
    },
    backup: { contacts: [`sip:${backup}`] },
  },
  Route: {
    alone: { match: { prefix: '+341' }, trunks: ['carrier'] },
    spare: { match: { prefix: '+342' }, trunks: ['carrier', 'backup'] },
  },
};

/** Resolves when so many of some promises have. */
function some(promises: readonly Promise<unknown>[], count: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let left = count;
  for (const each of promises) each.then(() => --left === 0 && resolve(), reject);
  return promise;
}

describe('the limit of calls of a trunk', () => {
  it('TR-25, TR-24: is exact over three edges, all of whose addresses are known; the rest meets 503, or the backup', async ({
    tiers: start,
  }) => {
    const edges = ['edge-1', 'edge-2', 'edge-3'].map((name, index) => [name, address(11 + index)] as const);
    const tiers = await start({ more });
    for (const [name, at] of edges) await tiers.edge(name, at);
    const [first, second] = [
      await tiers.outside(carrier, edges[0]![1]),
      await tiers.outside(backup, edges[0]![1]),
    ];
    const phones = await Promise.all(
      edges.flatMap(([, at]) => Array.from({ length: (places + overflow) / 3 }, () => tiers.phone(at))),
    );
    const seen = new Set<string>();
    /** Where calls came from. */
    const sources = new Set<string>();
    /** The next call that a carrier is asked for; a request that comes again is none. */
    const next = async (peer: Phone): Promise<Message> => {
      const asked = await peer.wire.receive('INVITE ');
      const callId = asked.header('Call-ID')!;
      if (seen.has(callId)) return next(peer);
      seen.add(callId);
      sources.add(/UDP ([\d.]+):5060/.exec(asked.header('Via')!)![1]!);
      peer.reply(asked, '100 Trying');
      return asked;
    };
    const several = async (peer: Phone, count: number): Promise<readonly Message[]> => {
      const all: Message[] = [];
      while (all.length < count) all.push(await next(peer));
      return all;
    };
    /** What becomes of all calls at once: a carrier refuses those that reach it, after all are where they go. */
    const round = async (prefix: string, spare: number): Promise<Map<number, number>> => {
      const invites = await Promise.all(
        phones.map((phone, index) =>
          phone.invite(`sip:${prefix}6000000${index + 10}@${domain}`, sdp, described(address(1))),
        ),
      );
      const finals = invites.map((invite, index) => phones[index]!.final(invite));
      const [asked, other] = await Promise.all([several(first, places), several(second, spare)]);
      if (spare < overflow) await some(finals, overflow - spare);
      for (const each of asked) first.reply(each, '486 Busy Here');
      for (const each of other) second.reply(each, '480 Nobody');
      const statuses = (await Promise.all(finals)).map(statusOf);
      return new Map(
        [...new Set(statuses)].map((each) => [each, statuses.filter((it) => it === each).length]),
      );
    };
    expect(Object.fromEntries(await round('+341', 0))).toEqual({ 486: places, 503: overflow });
    expect(Object.fromEntries(await round('+342', overflow))).toEqual({ 480: overflow, 486: places });
    expect([...sources].toSorted()).toEqual(edges.map(([, at]) => at));
  });
});
