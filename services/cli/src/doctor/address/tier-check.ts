import type { Member, Tier } from '@tandem/platform';
import type { ProbeAnswer } from '../../cluster/probe.ts';
import type { Check } from '../check.ts';

/** Who is there, and who of them has answered. */
export interface Heard {
  readonly members: readonly Pick<Member, 'tier' | 'id'>[];
  readonly nodes: readonly ProbeAnswer[];
}

/** Whether there is a node of a tier, and all of them answer. */
export function tierCheck(tier: Tier): Check<Heard> {
  return {
    name: tier,
    layer: 'cluster',
    hint: 'See `tandem nodes`, and the log of that pod.',
    run: async ({ members, nodes }) => {
      const there = members.filter((each) => each.tier === tier).map(({ id }) => id);
      const answers = new Set(nodes.filter((each) => each.tier === tier).map(({ id }) => id));
      const silent = there.filter((id) => !answers.has(id));
      if (there.length === 0) return { ok: false, value: `no node of tier ${tier} is on the bus` };
      if (silent.length > 0) return { ok: false, value: `on the bus, but silent: ${silent.join(', ')}` };
      return { ok: true, value: there.join(', ') };
    },
  };
}
