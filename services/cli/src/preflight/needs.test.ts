import { describe, expect, it } from 'vitest';
import { parseApis, parseNames, parseSecrets, parseVersion, versionIn } from './needs.ts';

describe('what a release needs', () => {
  it('is read from flags', () => {
    expect(parseVersion('1.29')).toEqual({ major: 1, minor: 29 });
    expect(parseNames('fast,very-slow')).toEqual(['fast', 'very-slow']);
    expect(parseApis('keda.sh/v1alpha1/ScaledObject,external.metrics.k8s.io/v1beta1')).toEqual([
      { group: 'keda.sh', version: 'v1alpha1', kind: 'ScaledObject' },
      { group: 'external.metrics.k8s.io', version: 'v1beta1', kind: undefined },
    ]);
    expect(parseSecrets('tls:tls.crt:tls.key,carriers')).toEqual([
      { name: 'tls', keys: ['tls.crt', 'tls.key'] },
      { name: 'carriers', keys: [] },
    ]);
  });

  it.each([
    [parseVersion, 'new', 'must be a version'],
    [parseNames, 'fast,,slow', 'must be names'],
    [parseApis, 'ScaledObject', 'must be GROUP/VERSION'],
    [parseApis, 'keda.sh/v1/../secrets', 'must be GROUP/VERSION'],
    [parseSecrets, 'tls:a/b', 'must be NAME'],
    [parseSecrets, '../tls', 'must be NAME'],
  ])('is refused by %o when it is %s', (parse, text, complaint) => {
    expect(() => parse(text)).toThrow(complaint);
  });

  it.each(['v1.34.0', 'v1.34.1-eks-7f9a', '1.34+'])('is a version, as %s is', (text) => {
    expect(versionIn(text)).toEqual({ major: 1, minor: 34 });
  });
});
