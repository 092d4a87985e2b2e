import type { event, router } from '@tandem/contract';
import { PerSecond } from '@tandem/platform';
import { codecMismatch, mediaMismatch } from '@tandem/sdp';
import { Fault, type FaultKind } from '@tandem/sip';
import type { CallMetrics } from './call-metrics.ts';
import { identityObject, ownDiagnosis } from './diagnosis/diagnosis.ts';
import { identityText } from './identity-text.ts';
import type { CallEvents } from './uses/events.ts';

/** Refusals that are told of in a second: of proven callers, and of strangers, who may be scanners. */
const perSecond = { proven: 50, unproven: 5 };

export interface RefusedCallsParts {
  readonly events: CallEvents;
  readonly counted: Pick<CallMetrics, 'failed'>;
  /** In milliseconds since 1970 UTC. */
  readonly now: () => number;
}

/** Why a call goes to nobody. */
export interface Refused {
  readonly status: number;
  readonly fault: string;
  readonly diagnosis: event.Diagnosis;
  /** The caller, when it is proven. */
  readonly identity?: router.Identity | undefined;
}

/** Tells of calls that were refused before they were any; all are counted, and as many told of as there is room for. */
export class RefusedCalls {
  readonly #parts: RefusedCallsParts;
  readonly #proven = new PerSecond(perSecond.proven);
  readonly #unproven = new PerSecond(perSecond.unproven);

  constructor(parts: RefusedCallsParts) {
    this.#parts = parts;
  }

  /** `ask` says what a router was told, or would have been; it is not asked for what is only counted. */
  refused(ask: () => router.Request, { diagnosis, fault, identity, status }: Refused): void {
    const { counted, events, now } = this.#parts;
    const room = identity ? this.#proven : this.#unproven;
    if (!room.take(now())) {
      counted.failed(diagnosis);
      return;
    }
    const facts = ask();
    const { callId: sipCallId, flow, key: call, requestUri: callee } = facts;
    const caller = identityText(identity);
    const value = { call, sipCallId, caller, callee, status, fault, source: flow?.host ?? '', diagnosis };
    const kind = { $case: 'callRefused', value } as const;
    events.publish(identity?.tenant ?? '', call, now(), kind);
  }
}

/** What a router holds against a call; undefined when nothing is wrong with it. */
export function refusedBy({ decision, explanation, identity }: router.Verdict): Refused | undefined {
  if (decision?.$case !== 'reject' && decision?.$case !== 'challenge') return undefined;
  const { blame, fault, status } = decision.value;
  if (!blame) return undefined;
  const { field, hint, kind, layer, name, tenant } = blame;
  const evidence = explanation.map(({ rule, finding }) => `${rule}: ${finding}`);
  const object = { kind, tenant, name, field };
  const diagnosis = { layer, object, code: fault, status, cause: 0, evidence, hint, direction: '' };
  return { status, fault, identity, diagnosis };
}

/** For which the one who was to be called is to blame as much as the caller. */
const mismatches: ReadonlySet<FaultKind> = new Set([codecMismatch, mediaMismatch]);

/** Why this edge has refused a call from `source`; undefined when nothing is wrong with it. */
export function refusedFor(
  error: unknown,
  source: string,
  relay: router.Relay | undefined,
): Refused | undefined {
  if (!(error instanceof Fault)) return undefined;
  const { kind, detail } = error;
  const callee = mismatches.has(kind) ? relay?.groups[0]?.targets[0]?.identity : undefined;
  const object = callee
    ? identityObject(callee, 'endpoint.codecs')
    : { kind: 'Peer', tenant: '', name: source, field: '' };
  const diagnosis = ownDiagnosis(kind, object, [`${kind.code}: ${detail}`]);
  return diagnosis && { status: kind.status, fault: kind.code, diagnosis };
}
