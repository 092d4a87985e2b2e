import { describe, expect, it } from 'vitest';
import { readExposition } from './exposition.ts';

const text = `# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{outcome="success",node="edge-1"} 12
calls_total{outcome="client_error",node="edge-1"} 3 1700000000000
bucket{le="+Inf"} +Inf
path{name="a\\"b\\\\c\\nd, e=}"} 1
up 1
`;

describe('what a /metrics says', () => {
  it('is summed over the samples with the labels that are asked for', () => {
    const said = readExposition(text);
    expect(said.sum('calls_total')).toBe(15);
    expect(said.sum('calls_total', { outcome: 'success' })).toBe(12);
    expect(said.sum('calls_total', { outcome: 'server_error' })).toBe(0);
    expect(said.sum('up')).toBe(1);
  });

  it('is read with what a label may hold', () => {
    const samples = new Map(readExposition(text).samples.map((sample) => [sample.name, sample]));
    expect(samples.get('path')?.labels).toEqual({ name: 'a"b\\c\nd, e=}' });
    expect(samples.get('bucket')?.value).toBe(Number.POSITIVE_INFINITY);
  });

  it('is refused when it is something else', () => {
    expect(() => readExposition('<html>')).toThrow('not a sample: <html>');
  });
});
