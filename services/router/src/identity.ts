import type { router } from '@tandem/contract';
import { isWithin, type Snapshot, type Trunk, type User } from '@tandem/resource';
import type { FaultKind, HmacKey } from '@tandem/sip';
import { type Claim, readClaim } from './claim.ts';
import { accountDisabled, accountUnknown, identityMismatch, sourceForeign } from './faults.ts';
import type { LineTokens } from './line-tokens.ts';
import { type NonceClaim, prove, type Realm } from './proof.ts';
import { blamedOf, type Refusal, refusal } from './refusal.ts';
import {
  proveByCertificate,
  proveByCredentials,
  proveByLine,
  proveBySource,
  type TrunkProof,
} from './trunk-proof.ts';

/** Who asks, as far as it is known, with the steps that led there. */
export type Caller = (Proven | ProvenTrunk | Unproven | Refused) & {
  /** A trunk whose token the request has, although it comes from an address that is not the trunk's. */
  readonly unlisted?: Trunk;
};

export interface Proven {
  readonly is: 'proven';
  readonly user: User;
  readonly realm: Realm;
  /** Of digest credentials: they count only if nobody has claimed this before. */
  readonly claim?: NonceClaim;
  readonly steps: readonly router.Step[];
}

/** A peer outside, which has no realm and no names here. */
export interface ProvenTrunk {
  readonly is: 'trunk';
  readonly trunk: Trunk;
  /** Of digest credentials: they count only if nobody has claimed this before. */
  readonly digest?: { readonly realm: Realm; readonly claim: NonceClaim };
  readonly steps: readonly router.Step[];
}

/** Credentials are missing or wrong: they are asked for, on the wire in the same words whatever is wrong. */
export interface Unproven {
  readonly is: 'unproven';
  readonly realm: Realm;
  readonly kind: FaultKind;
  readonly detail: string;
  readonly stale: boolean;
  readonly steps: readonly router.Step[];
}

interface Refused {
  readonly is: 'refused';
  readonly refusal: Refusal;
  /** There when it was proven who asks. */
  readonly user?: User;
  readonly steps: readonly router.Step[];
}

/** What nonces, and the tokens of trunks that register, are made with. */
export interface IdentityKeys {
  readonly nonce: HmacKey;
  readonly lines: LineTokens;
}

/**
 * Who sends a request. What is looked at, in this order: the certificate of its connection, the user who has registered
 * over that, the token of a trunk's registration, the address that it comes from, and digest credentials. From is never a proof: it says in which realm to
 * ask, and a proven user may not claim to be another.
 */
export function identify(
  snapshot: Snapshot,
  { lines, nonce }: IdentityKeys,
  request: router.Request,
  now: number,
): Caller {
  const isOfUser = request.method === 'REGISTER';
  const certified = isOfUser ? undefined : outside(proveByCertificate(snapshot, request));
  if (certified) return certified;
  // A connection over which a user has registered is that user's, wherever it comes from.
  if (isOfUser || request.vouched) return identifyUser(snapshot, nonce, request, now, []);
  const line = proveByLine(lines, snapshot, request);
  const called = outside(line);
  if (called) return called;
  const source = proveBySource(snapshot, request);
  const before = [...line.steps, ...source.steps];
  const caller = outside({ ...source, steps: before }) ?? identifyUser(snapshot, nonce, request, now, before);
  return line.unlisted ? { ...caller, unlisted: line.unlisted } : caller;
}

function outside({ trunk, refusal: wrong, steps }: TrunkProof): ProvenTrunk | Refused | undefined {
  if (wrong) return { is: 'refused', refusal: wrong, steps };
  return trunk && { is: 'trunk', trunk, steps };
}

function identifyUser(
  snapshot: Snapshot,
  key: HmacKey,
  request: router.Request,
  now: number,
  before: readonly router.Step[],
): Caller {
  const claim = readClaim(snapshot, request);
  if ('kind' in claim) return { is: 'refused', refusal: claim, steps: before };
  const { realm } = claim;
  const steps = [...before, { rule: 'domain', finding: realm.finding }];
  const vouched = vouchedUser(snapshot, request, claim);
  if (vouched) {
    const finding = `${vouched.name} of ${vouched.tenant.name}, whose connection this is`;
    const proven: Proven = {
      is: 'proven',
      user: vouched,
      realm,
      steps: [...steps, { rule: 'identity', finding }],
    };
    return atSource(request, proven);
  }
  const proof = prove(snapshot, key, realm, request, now);
  if (proof.trunk) return provenTrunk(realm, proof.trunk, proof.claim, request, steps);
  if (!proof.user) return { is: 'unproven', realm, ...proof, steps };
  const weighed = weigh(claim, proof.user, proof.claim, steps);
  return weighed.is === 'proven' ? atSource(request, weighed) : weighed;
}

/** Right credentials are no proof where another condition of the trunk is not met. */
function provenTrunk(
  realm: Realm,
  trunk: Trunk,
  claim: NonceClaim,
  request: router.Request,
  before: readonly router.Step[],
): Caller {
  const proof = proveByCredentials(trunk, request);
  const steps = [...before, ...proof.steps];
  const found = outside({ ...proof, steps });
  if (found) return found.is === 'trunk' ? { ...found, digest: { realm, claim } } : found;
  const detail = `conditions of trunk ${trunk.name} are not met`;
  return { is: 'unproven', realm, kind: accountUnknown, detail, stale: false, steps };
}

/** A user may be bound to some networks. */
function atSource({ flow }: router.Request, proven: Proven): Proven | Refused {
  const { user, steps } = proven;
  if (user.sources.length === 0 || isWithin(user.sources, flow?.host ?? '')) return proven;
  const allowed = user.sources.map(({ text }) => text).join(', ');
  const detail = `${user.name} comes from ${flow?.host}, allowed is ${allowed}`;
  return {
    is: 'refused',
    refusal: refusal(sourceForeign, 'policy', detail, blamedOf('User', user, 'sources')),
    user,
    steps,
  };
}

/** REGISTER has to be proven each time, so that a changed password comes into force. */
function vouchedUser(snapshot: Snapshot, request: router.Request, claim: Claim): User | undefined {
  const { vouched, method } = request;
  if (!vouched || method === 'REGISTER' || vouched.tenant !== claim.realm.tenant?.name) return undefined;
  const user = snapshot.user(vouched.tenant, vouched.user);
  return user?.enabled && claim.allows(user) ? user : undefined;
}

function weigh(claim: Claim, user: User, nonce: NonceClaim, steps: readonly router.Step[]): Proven | Refused {
  const { realm } = claim;
  const finding = `${user.name} of ${user.tenant.name}, by digest in realm ${realm.name}`;
  const known = [...steps, { rule: 'identity', finding }];
  const wrong = user.enabled
    ? findMismatch(claim, user)
    : refusal(accountDisabled, 'identity', `${user.name} is disabled`, blamedOf('User', user, 'enabled'));
  if (wrong) return { is: 'refused', refusal: wrong, user, steps: known };
  return { is: 'proven', user, realm, claim: nonce, steps: known };
}

function findMismatch(claim: Claim, user: User): Refusal | undefined {
  if (claim.allows(user)) return undefined;
  const { uri } = claim;
  const claimed = uri.scheme === 'tel' ? uri.number : `${uri.user ?? ''}@${uri.host}`;
  const detail = `${user.name} claims to be ${JSON.stringify(claimed)}`;
  return refusal(identityMismatch, 'identity', detail, blamedOf('User', user, 'aliases'));
}
