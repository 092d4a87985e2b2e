import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { it } from './fixture.ts';
import { needs } from './needs.ts';
import { probe } from './sipsak.ts';

const describe = needs('namespace', 'sipsak', 'baresip');

/** Milliseconds; nobody is there who could answer. */
const BRIEF = 2_000;

describe('sipsak', () => {
  it.for(['udp', 'tcp'] as const)('asks with OPTIONS over %s', async (transport, { network }) => {
    const bob = await Baresip.start(await network.host('bob'), { user: 'bob', tone: 440 });
    const prober = await network.host('prober');
    expect(await probe(prober, `${bob.uri}:5060`, transport)).toBe(200);
    expect(await probe(prober, `sip:nobody@${bob.host.address}:5060`, transport)).toBe(404);
  });

  it('tells that nobody answers', async ({ network }) => {
    const prober = await network.host('prober');
    await expect(probe(prober, `sip:${prober.address}:5060`, 'udp', BRIEF)).rejects.toThrow(
      'does not answer',
    );
  });

  it('refuses a port that it would get wrong', async ({ network }) => {
    const prober = await network.host('prober');
    await expect(probe(prober, `sip:${prober.address}:15060`, 'udp', BRIEF)).rejects.toThrow(RangeError);
  });
});
