import type { router } from '@tandem/contract';
import type { CallRecord } from '@tandem/platform';
import type { Said } from './call-dialogs.ts';
import { identityText } from './identity-text.ts';
import type { ProxiedRequest } from './proxied-request.ts';

/** What is known of a call besides, by name. */
type Tags = router.Relay['tags'];

/** A call that has no final answer yet: it lives in the edge that took its INVITE. */
export interface SetupCall {
  /** Tandem's id of the call: a UUID. */
  readonly id: string;
  /** The media session; empty when media is not anchored. */
  media: string;
  /** What the callee is to be told once it is connected, when the session is not the one that it was told of. */
  toCallee: string | undefined;
  readonly tenant: string;
  readonly tags: Tags;
  readonly startedMs: number;
  /** Seconds without a packet after which the call is dead; 0 means never. */
  readonly inactivity: number;
  /** Branches that have rung. */
  readonly ringing: Set<number>;
  /** What the caller has said of its media. */
  readonly said: Said | undefined;
  /** The INVITE, to be given up when the edge stops. */
  request: ProxiedRequest | undefined;
}

/** What a call begins with. */
export interface BegunCall {
  readonly id: string;
  readonly media: string;
  readonly relay: router.Relay;
  readonly caller: router.Identity | undefined;
  readonly said: Said | undefined;
}

export function setupOf({ id, media, relay, said }: BegunCall, startedMs: number): SetupCall {
  const { tags, tenant } = relay;
  return {
    id,
    media,
    toCallee: undefined,
    tenant,
    tags,
    startedMs,
    inactivity: relay.media?.inactivity ?? 0,
    said,
    ringing: new Set(),
    request: undefined,
  };
}

/** The first record of a call. */
export function recordOf(
  { id, media, relay, caller }: BegunCall,
  { node, sipCallId, startedMs }: Pick<CallRecord, 'node' | 'sipCallId' | 'startedMs'>,
): CallRecord {
  const { callee, limits, tags, tenant } = relay;
  return {
    id,
    sipCallId,
    tenant,
    caller: identityText(caller),
    callee,
    node,
    startedMs,
    answeredMs: 0,
    state: 'ringing',
    mediaSession: media,
    target: '',
    calleeIdentity: '',
    route: [],
    limits,
    codec: '',
    mediaMoves: 0,
    dialog: {},
    ...(isEmpty(tags) ? {} : { tags }),
  };
}

export function callerLeg(call: string): string {
  return `${call}/a`;
}

export function calleeLeg(call: string, branch: number): string {
  return `${call}/b${branch + 1}`;
}

function isEmpty(tags: Tags): boolean {
  for (const _ in tags) return false;
  return true;
}
