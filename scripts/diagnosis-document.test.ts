import { describe, expect, it } from 'vitest';
import { type FaultKind, layers } from '../packages/sip/src/fault.ts';
import { areas } from './area.ts';
import { diagnosisDocument } from './diagnosis-document.ts';

/** What a call does not fail for: how calls begin and end, and what is no call's. */
const harmless = new Set([
  'call-redirected',
  'callee-limit-reached',
  'credentials-missing',
  'interval-too-brief',
  'media-moving',
  'nonce-forged',
  'nonce-replayed',
  'nonce-stale',
  'notify-foreign',
  'outside-request-refused',
  'ring-timeout',
  'session-too-brief',
  'transaction-unknown',
  'contact-is-own',
]);
/** Areas by whose faults calls fail. */
const ofCalls = ['edge', 'router', 'sdp', 'sip'];

function isFaultKind(value: unknown): value is FaultKind {
  return typeof value === 'object' && value !== null && 'code' in value && 'outcome' in value;
}

describe('diagnosisDocument', () => {
  it('has a table for each layer', () => {
    const kind = { code: 'a', status: 503, outcome: 'server_error', meaning: 'It is.', hint: 'This | that.' };
    const text = diagnosisDocument([{ name: 'edge', exports: [{ ...kind, layer: 'nat' }, kind] }]);
    expect(text.match(/^## \w+/gm)).toEqual(layers.map((layer) => `## ${layer}`));
    expect(text.slice(text.indexOf('## nat')).split('\n').slice(2, 6)).toEqual([
      '| code | meaning | hint |',
      '|---|---|---|',
      '| `a` | It is. | This \\| that. |',
      '',
    ]);
  });

  it('finds a layer for whatever a call can be refused for', async () => {
    const all = (await areas('faults.ts')).filter(({ name }) => ofCalls.includes(name));
    expect(all).toHaveLength(ofCalls.length);
    const kinds = all.flatMap(({ exports }) => exports.filter((value) => isFaultKind(value)));
    const without = kinds.filter(({ layer, status }) => status >= 300 && layer === undefined);
    expect(new Set(without.map(({ code }) => code))).toEqual(harmless);
  });
});
