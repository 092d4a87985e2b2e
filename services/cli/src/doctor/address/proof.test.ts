import { describe, expect, it } from 'vitest';
import type { ProbeAnswer } from '../../cluster/probe.ts';
import { proof } from './proof.ts';
import { type Vantage, type Way, wayTo } from './vantage.ts';

const command = 'tandem doctor --from outside --target udp://203.0.113.10:5060';
const well = { ok: true, value: 'answered 200', hint: '' };
const silent = { ok: false, value: 'no answer', hint: 'Look at the firewall.' };

/** A node on a machine that is not that of the doctor, in a pod. */
const node: ProbeAnswer = {
  tier: 'edge',
  id: 'edge-0',
  addresses: [],
  pod: ['10.1.0.7'],
  machine: ['192.0.2.2'],
  ports: [],
  seen: [],
};
const { machine: _, ...earlier } = { ...node, id: 'edge-1' };
const vantage: Vantage = { inside: ['sip'], machine: ['192.0.2.1'], nodes: [node, earlier], forward: '' };

describe('the way from a pod to an address', () => {
  it.each<[string, string | undefined, Way]>([
    ['a pod', '10.1.0.7', 'pod'],
    ['its own machine', '192.0.2.1', 'own-machine'],
    ['another machine', '192.0.2.2', 'machine'],
    ['anything else', '203.0.113.10', 'beyond'],
    ['a name without an address', undefined, 'beyond'],
  ])('leads to %s', (_, address, way) => {
    expect(wayTo(address, 'rtp', vantage)).toBe(way);
    expect(wayTo(address, 'sip', vantage)).toBe('inside');
  });
});

describe('what a pod finds', () => {
  it.each<[Way, string]>([
    ['pod', 'that is a pod'],
    ['own-machine', 'on that very machine'],
    ['machine', 'what is before the machines was not passed'],
    ['beyond', 'kube-proxy may have answered for the load balancer'],
  ])('proves the way from outside only in part: %s', (way, missing) => {
    const { ok, value } = proof(way, well, command);
    expect(ok).toBe(true);
    expect(value).toMatch(/^answered 200; but .*|^answered 200; by its machine, but .*/);
    expect(value).toContain(missing);
    expect(value).toMatch(new RegExp(`; to prove the way from outside, run there: ${command}$`));
  });

  it('proves all where nobody outside is told the address', () => {
    expect(proof('inside', well, command).value).toBe('answered 200; by this way all reach it who are told');
  });

  it.each<Way>(['inside', 'pod', 'own-machine', 'machine'])('is a failure by the way %s', (way) => {
    expect(proof(way, silent, command)).toEqual(silent);
  });

  it('is no failure beyond, unless it is wrong from everywhere', () => {
    expect(proof('beyond', silent, command)).toEqual({
      ok: false,
      value: 'cannot be told from here: no answer',
      hint: expect.stringContaining(`run there: ${command}`),
      unsure: true,
    });
    expect(proof('beyond', { ...silent, isCertain: true }, command)).toEqual(silent);
  });
});
