import { blankRequest, type router } from '@tandem/contract';
import { MemoryLocation } from '@tandem/location';
import { MemoryCallLimits } from '@tandem/platform';
import { compose, kinds, type Resource, type Snapshot } from '@tandem/resource';
import { answerChallenge } from '@tandem/sip';
import { Router, type RouterParts } from './router.ts';

/** A configuration, a router and phones for tests. */

export const start = 1_800_000_000_000;

type Specs = Readonly<Record<string, object>>;

const tenants: Specs = {
  acme: { domains: ['acme.example', 'acme.net'], ownAddresses: true },
  other: { domains: ['other.example'], callsToOtherDomains: true },
};

const users: Specs = {
  'acme/1001': { aliases: ['alice', '+34910000001'], callerId: '+34910000000' },
  'acme/1002': { aliases: ['sales'] },
  'acme/1003': { enabled: false },
  'acme/my-name': {},
  'acme/my-other-name': {},
  'other/1001': {},
};

/** More resources of some kinds, by `tenant/name`. */
type More = Partial<Record<'Trunk' | 'Number' | 'Route' | 'Schedule' | 'Deck', Specs>>;

/** Tenants by name, users by `tenant/name`; the password of each is `password of <name>`. */
export function sampleSnapshot(moreTenants: Specs = {}, moreUsers: Specs = {}, more: More = {}): Snapshot {
  const tenantResources = Object.entries({ ...tenants, ...moreTenants }).map(([name, spec]) =>
    kinds.Tenant.parse({ apiVersion: 'tandem/v1', kind: 'Tenant', metadata: { name }, spec }),
  );
  const userResources = Object.entries({ ...users, ...moreUsers }).map(([aor, spec]) => {
    const credentials = { password: `password of ${aor.split('/')[1]}` };
    return within('User', aor, { credentials, ...spec });
  });
  const others = (Object.keys(more) as (keyof More)[]).flatMap((kind) =>
    Object.entries(more[kind]!).map(([path, spec]) => within(kind, path, spec)),
  );
  return compose('sample', [...tenantResources, ...userResources, ...others], new Map());
}

function within(kind: keyof More | 'User', path: string, spec: object): Resource {
  const [tenant, name] = path.split('/');
  return kinds[kind].parse({ apiVersion: 'tandem/v1', kind, metadata: { tenant, name }, spec });
}

const datagram: router.Flow = {
  transport: 'udp',
  host: '192.0.2.10',
  port: 5060,
  edge: 'edge-1',
  localPort: 5060,
  connection: 0,
};

export const connection: router.Flow = { ...datagram, transport: 'tcp', port: 40_000, connection: 7 };

/** An INVITE from 1001 to 1002 of acme, with what a test wants otherwise. */
export function sampleRequest(overrides: Partial<router.Request> = {}): router.Request {
  return {
    ...blankRequest(),
    id: 1,
    method: 'INVITE',
    requestUri: 'sip:1002@acme.example',
    from: '"Alice" <sip:1001@acme.example>;tag=1',
    to: '<sip:1002@acme.example>',
    callId: 'call-1@192.0.2.10',
    cseq: 1,
    flow: datagram,
    ownHosts: ['127.0.0.1', 'edge.internal'],
    userAgent: 'baresip',
    hops: 1,
    ...overrides,
  };
}

/** A REGISTER of 1001 of acme. */
export function sampleRegister(overrides: Partial<router.Request> = {}): router.Request {
  return sampleRequest({
    method: 'REGISTER',
    requestUri: 'sip:acme.example',
    from: '<sip:1001@acme.example>;tag=1',
    to: '<sip:1001@acme.example>',
    contacts: ['<sip:1001@192.0.2.10:5060>'],
    ...overrides,
  });
}

type Case<C extends string> = Extract<NonNullable<router.Verdict['decision']>, { $case: C }>['value'];

/** The decision of a verdict, which has to be of a case. */
export function decisionOf<C extends NonNullable<router.Verdict['decision']>['$case']>(
  { decision, explanation }: router.Verdict,
  expected: C,
): Case<C> {
  if (decision?.$case !== expected) {
    throw new Error(`${JSON.stringify(decision)} is no ${expected}: ${JSON.stringify(explanation)}`);
  }
  return decision.value as Case<C>;
}

/** The status and the fault of a challenge or a rejection; of another decision its case. */
export function outcomeOf({ decision }: router.Verdict): string {
  if (decision?.$case === 'reject' || decision?.$case === 'challenge') {
    return `${decision.value.status} ${decision.value.fault}`;
  }
  return decision?.$case ?? 'nothing';
}

/** What a test may want of the credentials. */
export interface Login {
  readonly username: string;
  readonly password?: string;
  readonly nonceCount?: number;
}

/** The credentials that answer a challenge. */
export function answer(request: router.Request, verdict: router.Verdict, login: Login): string {
  const { challenges } = decisionOf(verdict, 'challenge');
  const { username, password = `password of ${username}`, nonceCount = 1 } = login;
  const account = { username, password, realm: { any: true } } as const;
  const { method, requestUri: uri } = request;
  return answerChallenge(challenges, account, { method, uri, cnonce: 'c', nonceCount });
}

/** A router with its stores, at a time that a test sets. */
export class Rig {
  now: number = start;
  snapshot: Snapshot;
  readonly location: MemoryLocation = new MemoryLocation();
  readonly router: Router;
  /** How many nonces were used up. */
  claims = 0;
  #cseq = 1;

  constructor(snapshot: Snapshot = sampleSnapshot(), told: Pick<RouterParts, 'unmatched'> = {}) {
    this.snapshot = snapshot;
    const used = new Set<string>();
    this.router = new Router({
      snapshot: () => this.snapshot,
      location: this.location,
      nonceCounts: {
        claim: async (nonce, count) => {
          this.claims++;
          return used.size < used.add(`${nonce} ${count}`).size;
        },
      },
      limits: new MemoryCallLimits(),
      secret: 'secret',
      lineSecret: 'line',
      ...told,
      now: () => this.now,
    });
  }

  /** Sends a request, and again with the answer when it is challenged. */
  async ask(request: router.Request, login: Login): Promise<router.Verdict> {
    const first = { ...request, cseq: this.#cseq++ };
    const challenged = await this.router.decide(first);
    if (challenged.decision?.$case !== 'challenge') return challenged;
    return this.router.decide({
      ...request,
      cseq: this.#cseq++,
      authorization: [answer(request, challenged, login)],
    });
  }

  /** Registers a contact of a user of acme. */
  register(name: string, overrides: Partial<router.Request> = {}): Promise<router.Verdict> {
    const to = `<sip:${name}@acme.example>`;
    return this.ask(sampleRegister({ to, from: to, ...overrides }), { username: name });
  }

  /** Calls as 1001 of acme. */
  call(requestUri: string, overrides: Partial<router.Request> = {}): Promise<router.Verdict> {
    return this.ask(sampleRequest({ requestUri, ...overrides }), { username: '1001' });
  }
}

/** The findings of a verdict, one line each. */
export function findingsOf({ explanation }: router.Verdict): string[] {
  return explanation.map(({ rule, finding }) => `${rule}: ${finding}`);
}
