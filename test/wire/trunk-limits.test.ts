import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { it } from './fixture.ts';
import { sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

const carrier = address(30);
const places = 3;

/** A description of a phone or of a carrier. */
function described(host: string): string {
  return [
    'v=0',
    `o=- 1 1 IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    'm=audio 4000 RTP/AVP 0',
    '',
  ].join('\r\n');
}

const more = {
  Trunk: {
    carrier: {
      contacts: [`sip:${carrier}`],
      identify: { sources: [`${carrier}/32`] },
      endpoint: { maxCalls: places },
    },
  },
  Route: { all: { match: { prefix: '+' }, trunks: ['carrier'] } },
};

/** Resolves when so many of some promises have. */
function some(promises: readonly Promise<unknown>[], count: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let left = count;
  for (const each of promises) each.then(() => --left === 0 && resolve(), reject);
  return promise;
}

describe('the limit of calls of a trunk', () => {
  it('TR-25: is exact over three edges, and free again for as many once they have ended', async ({
    tiers: start,
  }) => {
    const edges = ['edge-1', 'edge-2', 'edge-3'].map((name, index) => [name, address(11 + index)] as const);
    const tiers = await start({ more });
    for (const [name, at] of edges) await tiers.edge(name, at);
    const peer = await tiers.outside(carrier, edges[0]![1]);
    const phones = await Promise.all(
      edges.flatMap(([, at]) => [tiers.phone(at, 'udp'), tiers.phone(at, 'udp')]),
    );
    const seen = new Set<string>();
    /** The next call that the carrier is asked for; a request that comes again is none. */
    const next = async (): Promise<Message> => {
      const asked = await peer.wire.receive('INVITE ');
      const callId = asked.header('Call-ID')!;
      if (seen.has(callId)) return next();
      seen.add(callId);
      peer.reply(asked, '100 Trying');
      return asked;
    };
    /** What becomes of six calls at once, two at each edge: the carrier refuses those that reach it, after the others. */
    const round = async (): Promise<number[]> => {
      const invites = await Promise.all(
        phones.map((phone, index) =>
          phone.invite(`sip:+3460000000${index}@${domain}`, sdp, described(address(1))),
        ),
      );
      const finals = invites.map((invite, index) => phones[index]!.final(invite));
      const asked = [await next(), await next(), await next()];
      await some(finals, phones.length - places);
      for (const each of asked) peer.reply(each, '486 Busy Here');
      return (await Promise.all(finals)).map(statusOf).sort((a, b) => a - b);
    };
    expect(await round()).toEqual([486, 486, 486, 503, 503, 503]);
    expect(await round()).toEqual([486, 486, 486, 503, 503, 503]);
  });
});
