import type { router } from '@tandem/contract';
import type { MediaSpec, User } from '@tandem/resource';

/** The media policy of a call between users; of a call that leaves, the caller alone decides. */
export function mediaPolicy(parties: readonly User[]): router.MediaPolicy {
  const specs = parties.map((user): MediaSpec => ({ ...user.tenant.media, ...user.media }));
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
