import type { router } from '@tandem/contract';
import { sdpOf } from './body.ts';
import type { Said } from './call-dialogs.ts';
import { acceptableGroups, codecPolicy, restricted } from './codec-rules.ts';
import { type DestinationGroup, toGroup } from './destination.ts';
import type { EdgeParts, ServerTx } from './parts.ts';

/** How a call begins. */
interface Opening {
  /** Whom the offer can be made to. */
  readonly groups: readonly DestinationGroup[];
  /** The media session; empty when media is not anchored. */
  readonly media: string;
  /** The offer as callees shall see it; undefined leaves the caller's. */
  readonly body: string | undefined;
  readonly said: Said | undefined;
}

/** The media session of a call, for those who can take its offer. */
export async function openMedia(
  parts: EdgeParts,
  tx: ServerTx,
  relay: router.Relay,
  call: string,
): Promise<Opening> {
  const { callerCodecs } = relay;
  const groups = acceptableGroups(parts, tx.request, callerCodecs, relay.groups.map(toGroup));
  if (!relay.media?.anchor) return { groups, media: '', body: undefined, said: undefined };
  const written = sdpOf(tx.request);
  const sdp = written && restricted(written, codecPolicy(callerCodecs));
  const source = tx.flow.host;
  const { session, offer } = await parts.anchors.open({
    call,
    offer: sdp,
    callerSource: source,
    calleeSources: mediaSources(relay),
    inactivity: relay.media.inactivity,
    owner: parts.node,
    key: tx.request.callId,
  });
  return { groups, media: session, body: offer, said: sdp === undefined ? undefined : { sdp, source } };
}

/** A phone sends its media from where it registered; of who stands behind a proxy or elsewhere nothing is known. */
function mediaSources(relay: router.Relay): string[] {
  const targets = relay.groups
    .flatMap((group) => group.targets)
    .flatMap((target) => [target, ...target.alternatives]);
  const hosts = targets.map(({ flow, route }) => (route.length === 0 ? flow?.host : undefined));
  return hosts.every((host) => host !== undefined) ? [...new Set(hosts)] : [];
}
