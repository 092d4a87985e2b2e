import type { edge } from '@tandem/contract';
import { describe, expect, it } from 'vitest';
import { type Condition, conditionsOf } from '../conditions.ts';
import { registrarSilent } from '../faults.ts';
import { carrier, challenge, ok, placeOf, ScriptedEdge, snapshotOf } from '../fixture.ts';
import { type Login, newLogin } from '../login.ts';
import { problemOf } from '../problem.ts';
import { registrationTarget } from '../target.ts';
import { checkTrunk } from './check.ts';

const now = 1_000_000;
const md5 = 'realm="carrier.example", nonce="n1", algorithm=MD5, qop="auth"';
const auth = { username: 'acct', password: 'secret', realm: 'carrier.example' };
const silence = { status: 408, reason: '' };
const registered: Login = {
  ...newLogin('call', 'tag', 600, 0),
  ...{
    status: 'registered',
    expiresAt: now + 600_000,
    contact: 'sip:acct@192.0.2.1;line=token',
    peer: 'udp 203.0.113.1:5060',
  },
};

/** What is found of a trunk, as `step status` or, where something is wrong, with its layer, field and fault. */
async function check(spec: object, edges: ScriptedEdge, login?: Login) {
  const snapshot = await snapshotOf({ carrier: spec });
  const trunk = snapshot.trunk('acme', 'carrier')!;
  const known = { login, contacts: [], inbound: undefined, delivery: undefined, stranger: undefined };
  const steps = await checkTrunk({
    ...{ trunk, snapshot, edges, edge: '', target: registrationTarget(trunk), now: () => now },
    refresh: async () => login,
    deliver: async () => undefined,
    conditions: (): Condition[] => conditionsOf(trunk, known, now),
  });
  const said = new Map(steps.map((step) => [step.name, step]));
  const found = (name: string): string => {
    const { fault, layer, object, status } = said.get(name)!;
    return [status, layer, object.replace('Trunk/carrier ', ''), fault].filter(Boolean).join(' ');
  };
  return { found, evidence: (name: string) => said.get(name)!.evidence.join('\n'), steps };
}

describe('the check of a trunk', () => {
  it('goes on with the contacts that are well', async () => {
    const edges = new ScriptedEdge(ok);
    edges.outlook = ({ uri }) =>
      uri === 'sip:a.example'
        ? { fault: 'resolver-silent', detail: 'sip:a.example: nothing' }
        : { places: [placeOf('open')] };
    const { evidence, found } = await check({ contacts: ['sip:a.example', 'sip:b.example'] }, edges);
    expect(found('dns')).toBe('failed signaling spec.contacts[0] resolver-silent');
    expect(evidence('dns')).toContain('sip:b.example: tcp 203.0.113.1:5060');
    expect([found('reachability'), found('auth'), found('options')]).toEqual(['ok', 'ok', 'ok']);
    expect(edges.asks.map(({ uri }) => uri)).toEqual(['sip:b.example']);
  });

  it('is over for what a dead registrar stands before', async () => {
    const edges = new ScriptedEdge(ok);
    edges.outlook = ({ uri }) => ({ places: [placeOf(uri === 'sip:r.example' ? 'closed' : 'open')] });
    const spec = { contacts: ['sip:a.example'], auth, registration: { server: 'sip:r.example' } };
    const { found } = await check(spec, edges, registered);
    expect(found('reachability')).toBe('failed signaling spec.registration.server trunk-unreachable');
    expect([found('auth'), found('options'), found('inbound')]).toEqual(['skipped', 'skipped', 'skipped']);
  });

  it('takes a registrar for one that is there which answers nothing but REGISTER over UDP', async () => {
    const { evidence, found } = await check(carrier, new ScriptedEdge(silence), registered);
    expect(evidence('reachability')).toBe('udp 203.0.113.1:5060 answers REGISTER');
    expect([found('reachability'), found('auth'), found('options')]).toEqual(['ok', 'ok', 'unknown']);
  });

  it('finds nobody there when REGISTER is not answered either', async () => {
    const problem = problemOf(registrarSilent, 'signaling', 'REGISTER: no answer', now);
    const login = { ...newLogin('call', 'tag', 600, 0), problem };
    const { found } = await check(carrier, new ScriptedEdge(silence), login);
    expect(found('reachability')).toBe('failed signaling spec.contacts[0] trunk-unreachable');
  });

  it('says that a registrar is left alone which wants that', async () => {
    const problem = problemOf(
      { ...registrarSilent, code: 'registrar-refused' },
      'signaling',
      'REGISTER: 503',
      now,
    );
    const login: Login = { ...registered, problem, restsUntil: now + 30_000 };
    const { evidence, found } = await check(carrier, new ScriptedEdge(ok), login);
    expect(found('auth')).toBe('failed signaling spec.registration registrar-refused');
    expect(evidence('auth')).toContain('left alone until 1970-01-01T00:17:10.000Z');
  });

  it.each([
    ['are good', [challenge(401, md5), { status: 200, reason: 'OK' }], 'ok'],
    ['are wrong', [challenge(407, md5)], 'failed auth spec.auth registrar-forbids'],
    [
      'are asked for in another realm',
      [challenge(401, md5.replace('carrier', 'evil'))],
      'failed auth spec.auth challenge-refused',
    ],
    ['are not asked for', [{ status: 200, reason: 'OK' }], 'unknown'],
  ])('of a trunk without a registration tells whether credentials %s', async (_, said, expected) => {
    const edges = new ScriptedEdge(...said);
    edges.outlook = () => ({ places: [placeOf('open')] });
    const { found, steps } = await check({ contacts: ['sip:a.example'], auth }, edges);
    expect(found('auth')).toBe(expected);
    expect(JSON.stringify(steps)).not.toContain('secret');
    const answered = edges.sent('Authorization').filter((value) => value !== undefined);
    expect(answered).toHaveLength(expected === 'ok' ? 1 : 0);
  });

  it.each<[string, Partial<edge.Answer>, string]>([
    ['does not know OPTIONS', { status: 405, reason: 'Method Not Allowed' }, 'ok'],
    ['is not implemented', { status: 501, reason: 'Not Implemented' }, 'ok'],
    [
      'fails',
      { status: 500, reason: 'Server Internal Error' },
      'failed signaling spec.contacts[0] contact-failing',
    ],
    ['takes no work', { status: 503, reason: 'Busy' }, 'failed signaling spec.contacts[0] contact-silent'],
    ['is silent over TCP', silence, 'failed signaling spec.contacts[0] contact-silent'],
  ])('tells whether a contact %s', async (_, said, expected) => {
    const edges = new ScriptedEdge(said);
    edges.outlook = () => ({ places: [placeOf('open')] });
    expect((await check({ contacts: ['sip:a.example'] }, edges)).found('options')).toBe(expected);
  });

  it('sends what goes by an outbound proxy there', async () => {
    const edges = new ScriptedEdge(ok);
    const looked: string[] = [];
    edges.outlook = ({ uri }) => {
      looked.push(uri);
      return { places: [placeOf('closed')] };
    };
    const { found } = await check(
      { contacts: ['sip:a.example'], endpoint: { outboundProxy: 'sip:p.example;lr' } },
      edges,
    );
    expect(looked).toEqual(['sip:p.example;lr']);
    expect(found('reachability')).toBe('failed signaling spec.endpoint.outboundProxy trunk-unreachable');
  });

  it('asks nobody about a trunk that only calls us, and nothing of one that has no part in calls', async () => {
    const edges = new ScriptedEdge(ok);
    const { found, steps } = await check({}, edges);
    expect(steps.slice(0, 8).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'ok'));
    expect(found('inbound')).toBe('unknown');
    expect(edges.asks).toEqual([]);
  });

  it('shows nobody the token of our Contact', async () => {
    const login = { ...registered, foreign: 'sip:acct@198.51.100.7;line=token', since: 0 };
    const { steps } = await check({ ...carrier }, new ScriptedEdge(ok), login);
    expect(JSON.stringify(steps)).not.toContain('line=token');
  });
});
