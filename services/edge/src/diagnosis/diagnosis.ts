import type { event, router } from '@tandem/contract';
import { excerpt, type Fault, type FaultKind, hostOf, type SipResponse } from '@tandem/sip';
import { sdpOf } from '../body.ts';
import type { Destination } from '../destination.ts';
import {
  edgeDraining,
  edgeLost,
  edgeOverloaded,
  edgeStopping,
  mediaLate,
  mediaLost,
  mediaUnavailable,
  resolverSilent,
  routerUnavailable,
  systemStopped,
} from '../faults.ts';
import { formatEvidence } from './formats.ts';
import { mediaRefused, peerChallenged } from './kinds.ts';
import { meaningOf } from './meaning.ts';
import { type Said, saidIn } from './said.ts';

/** Characters of a line of evidence. */
const longest = 240;

/** What became of a destination. */
export interface Ended {
  readonly destination: Pick<Destination, 'identity' | 'uri'>;
  readonly status: number;
  readonly response?: SipResponse | undefined;
  /** It has had credentials of ours. */
  readonly isAuthorized: boolean;
  /** Why it could not be reached. */
  readonly fault?: Fault | undefined;
}

/** A call that nobody has answered, as its edge knows it. */
export interface Failure {
  /** What the caller is told, with the response that it is told by, where that is somebody's. */
  readonly status: number;
  readonly response?: SipResponse | undefined;
  /** Why, when nobody has said so: of a kind without a layer nothing is wrong. */
  readonly kind?: FaultKind | undefined;
  readonly ended: readonly Ended[];
  readonly hasRung: boolean;
  /** What the caller offers. */
  readonly offer: string | undefined;
  /** More that was seen. */
  readonly evidence: readonly string[];
}

/** What broke a call; undefined when nothing did. Always the same for the same failure. */
export function diagnose(failure: Failure): event.Diagnosis | undefined {
  const { ended, kind, response } = failure;
  if (!response && !kind?.layer) return undefined;
  // RFC 3261 §16.7 step 6: the caller is not told of a 503, which is why it has failed all the same.
  const unavailable = response ? undefined : ended.find((each) => each.response?.status === 503);
  const culprit = response ? ended.find((each) => each.response === response) : unavailable;
  const answer = response ?? unavailable?.response;
  return answer ? ofAnswer(failure, culprit, answer) : ofKind(failure, kind!);
}

/** What broke a call that Tandem itself has refused or ended; `other` is what is broken unless it is a tier. */
export function ownDiagnosis(
  kind: FaultKind,
  other: event.BrokenObject,
  evidence: readonly string[],
): event.Diagnosis | undefined {
  const { code, hint, layer, status } = kind;
  if (layer === undefined) return undefined;
  const object = tierOf(kind) ?? other;
  return { layer, object, code, status, cause: 0, evidence: [...evidence], hint, direction: '' };
}

function ofAnswer(
  failure: Failure,
  culprit: Ended | undefined,
  response: SipResponse,
): event.Diagnosis | undefined {
  const said = saidIn(response);
  const isAuthorized = culprit?.isAuthorized ?? false;
  const kind = meaningOf(said, { isAuthorized, hasRung: failure.hasRung });
  if (!kind?.layer) return undefined;
  const { code, hint, layer } = kind;
  const object = objectOf(culprit, fieldOf(kind));
  const formats = kind === mediaRefused ? formatEvidence(failure.offer, sdpOf(response), said) : [];
  const evidence = [...answerLines(culprit, said), ...challengeLines(kind, response), ...formats];
  return { layer, object, code, status: said.status, cause: said.cause ?? 0, evidence, hint, direction: '' };
}

function ofKind({ ended, evidence, status }: Failure, kind: FaultKind): event.Diagnosis | undefined {
  const failed = ended.findLast(({ fault }) => fault?.kind === kind) ?? ended.findLast(isFailed);
  const details = ended.flatMap(({ fault }) =>
    fault ? [`${fault.kind.code}: ${excerptOf(fault.detail)}`] : [],
  );
  const silent = ended
    .filter((each) => !each.fault && !each.response && isFailed(each))
    .map(({ destination, status: its }) => `${excerpt(destination.uri)} ${describeOwn(its)}`);
  const object = objectOf(failed, fieldOf(kind));
  const found = ownDiagnosis(kind, object, [...evidence, ...details, ...silent]);
  return found && { ...found, status };
}

function isFailed({ status }: Ended): boolean {
  return status >= 300 && status !== 487;
}

/** What stands for the answer of who gave none. */
function describeOwn(status: number): string {
  return status === 408 ? 'has not answered' : 'could not be sent to';
}

/** `sip:+34600@192.0.2.1 answered 403 Forbidden`, and the headers that say why. */
function answerLines(culprit: Ended | undefined, { reason, reasons, status, warnings }: Said): string[] {
  const who = excerpt(culprit?.destination.uri ?? 'the callee');
  return [
    `${who} answered ${status} ${excerpt(reason)}`,
    ...reasons.map((value) => `Reason: ${excerptOf(value)}`),
    ...warnings.map((value) => `Warning: ${excerptOf(value)}`),
  ];
}

function challengeLines(kind: FaultKind, response: SipResponse): string[] {
  if (kind !== peerChallenged) return [];
  const name = response.status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate';
  return response
    .values(name)
    .slice(0, 2)
    .map((value) => `${name}: ${excerptOf(value)}`);
}

/** A resource of ours where one is behind it, else the host. */
function objectOf(ended: Ended | undefined, field: string): event.BrokenObject {
  const { identity, uri = '' } = ended?.destination ?? {};
  return identity
    ? identityObject(identity, field)
    : { kind: 'Peer', tenant: '', name: excerpt(hostOf(uri)), field: '' };
}

/** A user or a trunk. Only trunks have fields that others go by. */
export function identityObject({ tenant, trunk, user }: router.Identity, field: string): event.BrokenObject {
  if (trunk) return { kind: 'Trunk', tenant, name: trunk, field };
  return { kind: 'User', tenant, name: user, field: '' };
}

/** The part of a trunk that has to do with it. */
function fieldOf({ layer, code }: FaultKind): string {
  if (code === 'caller-id-refused') return 'endpoint.callerId';
  if (code === 'trunk-full') return 'endpoint.maxCalls';
  return parts[layer ?? 'policy'];
}

const parts: Readonly<Record<NonNullable<FaultKind['layer']>, string>> = {
  signaling: 'contacts',
  auth: 'auth',
  routing: 'numbering',
  sdp: 'endpoint.codecs',
  media: 'endpoint',
  nat: 'contacts',
  policy: '',
  capacity: '',
};

/** What is of Tandem, or of its surroundings, and of nobody who was called. */
function tierOf(kind: FaultKind): event.BrokenObject | undefined {
  const name = tiers.get(kind);
  return name === undefined ? undefined : tier(name);
}

const tiers: ReadonlyMap<FaultKind, string> = new Map([
  ...[mediaUnavailable, mediaLost, mediaLate].map((kind) => [kind, 'media'] as const),
  ...[edgeDraining, edgeStopping, edgeOverloaded, edgeLost, systemStopped].map(
    (kind) => [kind, 'edge'] as const,
  ),
  [routerUnavailable, 'router'],
  [resolverSilent, 'resolver'],
]);

function tier(name: string): event.BrokenObject {
  return { kind: 'Tier', tenant: '', name, field: '' };
}

/** Of what others say, as much as fits on a line, and nothing that a terminal would obey. */
function excerptOf(value: string): string {
  return value.slice(0, longest).replace(/[^\x20-\x7e]/g, '?');
}
