import type { router } from '@tandem/contract';
import type { MediaSpec, Trunk, User } from '@tandem/resource';

/** The media policy of a call between these; of a call that leaves for elsewhere, the caller alone decides. */
export function mediaPolicy(parties: readonly (User | Trunk)[]): router.MediaPolicy {
  const specs = parties.map(
    (party): MediaSpec => ({
      ...party.tenant.media,
      ...('endpoint' in party ? party.endpoint : party).media,
    }),
  );
  const timeouts = specs.map(({ inactivity }) => inactivity).filter((seconds) => seconds > 0);
  return {
    anchor: isAnchored(specs.map(({ anchor }) => anchor)),
    inactivity: timeouts.length === 0 ? 0 : Math.min(...timeouts),
  };
}

/** `always` wins over `never`, and `never` over `auto`, which anchors: it works behind any NAT. */
function isAnchored(wishes: readonly MediaSpec['anchor'][]): boolean {
  return wishes.includes('always') || !wishes.includes('never');
}
