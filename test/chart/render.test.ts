import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { chart, containersOf, find, lint, type Manifest, podsOf, render, scenarios } from './chart.ts';

const document = readFileSync(join(chart, '../../docs/configuration.md'), 'utf8');
const known = new Set([...document.matchAll(/^\| `(TANDEM_\w+)`/gm)].map(([, name]) => name));

needs('helm')('the chart', () => {
  describe.each(scenarios)('of %s', (scenario) => {
    let manifests: Manifest[];
    beforeAll(async () => {
      manifests = await render({}, scenario);
    }, 60_000);

    it('passes the linter, warnings included', async () => {
      expect(await lint(scenario)).toContain('0 chart(s) failed');
    });

    it('gives every object a name of its own, labels and the namespace of the release', () => {
      const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(new Set(names).size).toBe(names.length);
      for (const { metadata } of manifests) {
        expect(metadata.labels).toMatchObject({
          'app.kubernetes.io/name': 'tandem',
          'app.kubernetes.io/instance': 'sw',
        });
      }
    });

    it('sets only variables that tandem knows, and no secret in any of them', () => {
      for (const { env = [] } of containersOf(manifests)) {
        for (const { name, value } of env) {
          if (name.startsWith('TANDEM_')) expect(known).toContain(name);
          expect(value ?? '').not.toMatch(/:\/\/[^/@]*:[^$@/][^@/]*@/);
        }
      }
    });

    // PJ-04
    it('asks for no kind of processor, and for no privilege', () => {
      const text = JSON.stringify(manifests);
      expect(text).not.toContain('kubernetes.io/arch');
      expect(text).not.toContain('privileged');
    });

    it('keeps to Pod Security restricted, but for the network of the node where that is chosen', () => {
      for (const { of, spec } of podsOf(manifests)) {
        expect(spec.securityContext, of.metadata.name).toMatchObject({
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        expect([undefined, 'ClusterFirstWithHostNet']).toContain(spec.dnsPolicy);
        expect(Object.keys(spec)).not.toContain('hostPID');
        expect(spec.volumes.flatMap((volume: object) => Object.keys(volume))).not.toContain('hostPath');
      }
      for (const { securityContext } of containersOf(manifests)) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    });
  });

  it('makes each object as its merge and its patch say', async () => {
    const manifests = await render({
      'edge.workload': {
        merge: { metadata: { annotations: { a: 'b' } }, spec: { minReadySeconds: 9 } },
        patch: [
          { op: 'add', path: '/metadata/labels/own~1label', value: 'x' },
          { op: 'add', path: '/spec/template/spec/containers/0/env/0', value: { name: 'FIRST', value: '1' } },
          { op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'beside', image: 'i' } },
          { op: 'replace', path: '/spec/podManagementPolicy', value: 'OrderedReady' },
          { op: 'remove', path: '/spec/template/spec/topologySpreadConstraints/1' },
          { op: 'copy', from: '/metadata/annotations/a', path: '/metadata/annotations/c' },
          { op: 'move', from: '/metadata/annotations/a', path: '/metadata/annotations/d' },
          { op: 'test', path: '/spec/minReadySeconds', value: 9 },
        ],
      },
      'edge.container.merge': { resources: { limits: { memory: '4Gi' } } },
    });
    const { metadata, spec } = find(manifests, 'StatefulSet', 'edge');
    expect(metadata.annotations).toEqual({ c: 'b', d: 'b' });
    expect(metadata.labels).toMatchObject({ 'own/label': 'x' });
    expect(spec).toMatchObject({ minReadySeconds: 9, podManagementPolicy: 'OrderedReady' });
    const pod = spec.template.spec;
    expect(pod.topologySpreadConstraints).toHaveLength(1);
    expect(pod.containers.map(({ name }: { name: string }) => name)).toEqual(['tandem', 'beside']);
    expect(pod.containers[0].env[0]).toEqual({ name: 'FIRST', value: '1' });
    expect(pod.containers[0].env[1].name).toBe('POD_NAME');
    expect(pod.containers[0].resources.limits).toEqual({ memory: '4Gi' });
  });

  it.each([
    ['an absent member', { op: 'remove', path: '/spec/absent' }],
    ['an index beyond the end', { op: 'replace', path: '/spec/ports/9', value: {} }],
    ['a test that fails', { op: 'test', path: '/kind', value: 'Pod' }],
  ])('says which patch of what fails: %s', async (_, operation) => {
    const rendered = render({ 'edge.service.patch': [operation] });
    await expect(rendered).rejects.toThrow(
      `tandem.headlessService: patch 0 (${operation.op} ${operation.path})`,
    );
  });
});
